// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Ends the reading: looked at between records, and heard at once by whatever waits for input.
final class StopSwitch: Sendable {
    private let flag = Atomic(false)
    private let listener = Mutex<(@Sendable () -> Void)?>(nil)

    var isOn: Bool { flag.load(ordering: .relaxed) }

    func turnOn() {
        flag.store(true, ordering: .sequentiallyConsistent)
        listener.withLock { $0.take() }?()
    }

    /// Calls `action` when the switch is turned on, at once if it is on already.
    ///
    /// The last action given counts.
    func onStop(_ action: @escaping @Sendable () -> Void) {
        listener.withLock { $0 = action }
        if isOn { listener.withLock { $0.take() }?() }
    }
}
