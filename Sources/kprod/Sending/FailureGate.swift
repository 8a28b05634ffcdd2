// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Holds back a feed while too many failures wait to be read and written down.
///
/// The producer keeps failures up to as many bytes as may be in flight, and no further. What waits and what could join
/// it, as all that is in flight may fail, is kept below that: none is ever lost, however slow the disk is.
final class FailureGate: Sendable {
    private struct State {
        var handled = 0
        var isOver = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// The feed looks after each so many bytes, counting ``overhead`` for each record.
    static let stride = 1 << 18
    static let overhead = 256
    /// So many failures may wait at most, and so many when the feed goes on.
    private static let (most, few) = (4_096, 512)

    private let producer: AsyncProducer
    private let maximumBytes: Int
    private let shut = Atomic(false)
    /// The most that a record counts.
    private let largest = Atomic(0)
    private let state = Mutex(State())

    /// - Parameter maximumBytes: As many as the producer keeps.
    init(_ producer: AsyncProducer, maximumBytes: Int) {
        self.producer = producer
        self.maximumBytes = maximumBytes
    }

    /// Whether the feed is to wait; as quick to ask as a record.
    var isShut: Bool { shut.load(ordering: .relaxed) }

    /// Looks how many failures wait, after records of at most so many bytes.
    func look(largest size: Int) {
        largest.store(size + Self.overhead, ordering: .relaxed)
        state.withLock { update(&$0) }
    }

    /// A failure is written down, or sent again.
    func handled() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.handled += 1
            guard isShut, state.handled.isMultiple(of: 64) || waitingCount(state) == 0 else { return [] }
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

    /// Suspends while too many failures wait.
    func wait() async {
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
        let waiting = waitingCount(state)
        let limit = isShut ? Self.few : Self.most
        let bytes = (waiting + producer.inFlightCount) * largest.load(ordering: .relaxed)
        let isTooMuch = waiting > limit || bytes > maximumBytes - 2 * Self.stride
        shut.store(!state.isOver && waiting > 0 && isTooMuch, ordering: .relaxed)
    }

    private func waitingCount(_ state: State) -> Int {
        let statistics = producer.statistics
        return statistics.failed - statistics.droppedErrors.reduce(0) { $0 + $1.value } - state.handled
    }

    private func takeWaiters(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        isShut ? [] : exchange(&state.waiters, with: [])
    }
}
