// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

/// Tells the first issue of a test from those that follow it.
enum FirstIssues {
    private static let seen = Mutex<Set<Test.ID>>([])

    static func isFirst(of test: Test.ID?) -> Bool {
        guard let test else { return false }
        return seen.withLock { $0.insert(test).inserted }
    }
}
