// SPDX-License-Identifier: Apache-2.0

import Testing

/// Waits until `condition` holds, letting other tasks run in between; records an issue when it does not in time.
func eventually(
    _ what: Comment,
    within limit: Duration = .seconds(20),
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now.advanced(by: limit)
    while try await !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
            return
        }
        await Task.yield()
    }
}
