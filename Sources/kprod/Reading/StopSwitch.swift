// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Ends the reading: looked at between records, and heard at once by whatever waits for input or for its turn.
final class StopSwitch: Sendable {
    private struct State {
        var listeners: [Int: @Sendable () -> Void] = [:]
        var last = 0
    }

    /// What is to be done at the stop; see ``forget(_:)``.
    struct Listener: Sendable {
        fileprivate let number: Int
    }

    private let flag = Atomic(false)
    private let state = Mutex(State())

    var isOn: Bool { flag.load(ordering: .relaxed) }

    func turnOn() {
        flag.store(true, ordering: .sequentiallyConsistent)
        for listener in state.withLock({ exchange(&$0.listeners, with: [:]) }).values { listener() }
    }

    /// Calls `action` when the switch is turned on, at once if it is on already; never twice.
    @discardableResult
    func onStop(_ action: @escaping @Sendable () -> Void) -> Listener {
        let number = state.withLock { state in
            state.last += 1
            state.listeners[state.last] = action
            return state.last
        }
        if isOn { state.withLock { $0.listeners.removeValue(forKey: number) }?() }
        return Listener(number: number)
    }

    /// Does not call it any more.
    func forget(_ listener: Listener) {
        _ = state.withLock { $0.listeners.removeValue(forKey: listener.number) }
    }

    /// Waits, but not beyond the stop.
    func sleep(for duration: Duration) async {
        let sleep = Task { try? await Task.sleep(for: duration) }
        let listener = onStop { sleep.cancel() }
        await sleep.value
        forget(listener)
    }
}
