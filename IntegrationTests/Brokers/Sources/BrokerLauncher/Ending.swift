// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The end of a process, which any number of tasks may wait for.
final class Ending: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    private let state = Mutex(State())

    /// How it ended, once it has.
    var status: Int32? { state.withLock { $0.status } }

    func come(with status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    func wait() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    /// Does something to a process that has not ended.
    func unlessCome(_ body: () -> Void) {
        state.withLock { state in
            if state.status == nil { body() }
        }
    }
}
