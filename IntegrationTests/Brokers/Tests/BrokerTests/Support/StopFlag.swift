// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Tells a task that it is enough.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
