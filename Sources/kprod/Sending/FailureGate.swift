// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Holds back a feed while failures wait to be read and written down.
///
/// The producer keeps failures up to a bound and no further. As nothing is sent while any waits, what waits is never
/// more than what was on its way, and none is ever lost.
final class FailureGate: Sendable {
    private struct State {
        var handled = 0
        var isOver = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let producer: AsyncProducer
    private let shut = Atomic(false)
    private let state = Mutex(State())

    init(_ producer: AsyncProducer) { self.producer = producer }

    /// Whether the feed is to wait; as quick to ask as a record.
    var isShut: Bool { shut.load(ordering: .relaxed) }

    /// Looks whether failures wait: now and then by the feed, and with each failure by its reader.
    func look() { state.withLock { update(&$0) } }

    /// A failure was taken, and will be handled.
    func arrived() { shut.store(true, ordering: .relaxed) }

    /// A failure is written down, or sent again.
    func handled() {
        let waiters = state.withLock { state in
            state.handled += 1
            update(&state)
            return takeWaiters(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// There are no more failures.
    func openForGood() {
        let waiters = state.withLock { state in
            state.isOver = true
            update(&state)
            return takeWaiters(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Suspends while failures wait.
    func wait() async {
        look()
        guard isShut else { return }
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                update(&state)
                if !isShut { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
    }

    private func update(_ state: inout State) {
        shut.store(!state.isOver && waitingCount(handled: state.handled) > 0, ordering: .relaxed)
    }

    private func waitingCount(handled: Int) -> Int {
        let statistics = producer.statistics
        return statistics.failed - statistics.droppedErrors.reduce(0) { $0 + $1.value } - handled
    }

    private func takeWaiters(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        isShut ? [] : exchange(&state.waiters, with: [])
    }
}
