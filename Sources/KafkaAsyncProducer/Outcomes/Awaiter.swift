// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Somebody who waits for the outcome of one message, resumed once: by the outcome or by his cancellation, whichever comes
/// first. The outcome may come before he waits.
final class Awaiter: Sendable {
    typealias Outcome = Result<Delivery, ProducerError>

    private enum State {
        case idle
        case waiting(CheckedContinuation<Outcome, Never>)
        case settled(Outcome)
    }

    private let state = Mutex(State.idle)

    /// The outcome of `message`; cancelled, it is still delivered or fails, and is counted.
    func outcome(of message: ProducerMessage) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Outcome? in
                    if case .settled(let outcome) = state { return outcome }
                    state = .waiting(continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            let error = KafkaError(.cancelled, "the caller was cancelled; the message is still being delivered")
            let failure = ProducerError(message: message, error: error, persistence: .possiblyPersisted)
            resume(returning: .failure(failure))
        }
    }

    func resume(returning outcome: Outcome) {
        let continuation = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .settled: return nil
            case .idle:
                state = .settled(outcome)
                return nil
            case .waiting(let continuation):
                state = .settled(outcome)
                return continuation
            }
        }
        continuation?.resume(returning: outcome)
    }
}
