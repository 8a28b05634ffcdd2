// SPDX-License-Identifier: Apache-2.0

internal import RDKafka
internal import Synchronization

/// Where the outcome of one message is waited for, by any number of tasks, before it comes or after.
final class Awaiter: Sendable {
    typealias Outcome = Result<Delivery, ProducerError>

    private struct State {
        var outcome: Outcome?
        var waiters = WaiterQueue<CheckedContinuation<Outcome, Never>>()
    }

    /// The delivery scope that the message was sent through, if it was.
    let scope: ScopeHandle?
    private let state = Mutex(State())
    private let forkGeneration = ForkGuard.current

    /// In a forked child nobody gives an outcome, and the lock may be held by a thread that is not there.
    private var isForked: Bool { forkGeneration != ForkGuard.current }

    init(scope: ScopeHandle? = nil) { self.scope = scope }

    /// The outcome of `message`. Cancelling the caller ends its own wait only: the message is still delivered or fails.
    func outcome(of message: ProducerMessage) async -> Outcome {
        if isForked {
            let error = KafkaError(.forked, "the message is delivered by the parent of this process")
            return .failure(ProducerError(message: message, error: error, persistence: .possiblyPersisted))
        }
        // Of many that are awaited one after the other, nearly all are there by then.
        let (known, id) = state.withLock { state in (state.outcome, state.waiters.makeID()) }
        if let known { return known }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Outcome? in
                    if state.outcome == nil { state.waiters.append(continuation, id: id) }
                    return state.outcome
                }
                if let early { return continuation.resume(returning: early) }
                // See WaiterQueue: a cancellation that came before this registration is seen here.
                if Task.isCancelled { stopWaiting(id, message) }
            }
        } onCancel: {
            stopWaiting(id, message)
        }
    }

    private func stopWaiting(_ id: UInt64, _ message: ProducerMessage) {
        guard !isForked, let continuation = state.withLock({ $0.waiters.remove(id: id) }) else { return }
        let error = KafkaError(.cancelled, "the caller was cancelled; the message is still being delivered")
        continuation.resume(
            returning: .failure(ProducerError(message: message, error: error, persistence: .possiblyPersisted))
        )
    }

    func resume(returning outcome: Outcome) {
        let waiters = state.withLock { state -> [CheckedContinuation<Outcome, Never>] in
            guard state.outcome == nil else { return [] }
            state.outcome = outcome
            return state.waiters.removeAll()
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }
}
