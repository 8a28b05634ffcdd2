// SPDX-License-Identifier: Apache-2.0

import Testing

/// Waits until `condition` holds, for 30 s.
func eventually(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        try #require(ContinuousClock.now < end)
        await Task.yield()
    }
}
