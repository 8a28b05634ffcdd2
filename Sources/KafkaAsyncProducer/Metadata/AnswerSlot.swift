// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Somebody who waits for what a thread finds out, resumed once: by the answer, the time-out or the cancellation, whichever
/// comes first.
final class AnswerSlot<Value: Sendable>: Sendable {
    typealias Answer = Result<Value, KafkaError>

    private enum State {
        case idle
        case waiting(CheckedContinuation<Answer, Never>)
        case finished(Answer)
    }

    private let state = Mutex(State.idle)

    /// Whether nobody waits any more.
    var isFinished: Bool { state.withLock { if case .finished = $0 { true } else { false } } }

    /// A cancellation may have come before.
    func start(_ caller: CheckedContinuation<Answer, Never>) {
        let early = state.withLock { state -> Answer? in
            if case .finished(let answer) = state { return answer }
            state = .waiting(caller)
            return nil
        }
        if let early { caller.resume(returning: early) }
    }

    func finish(_ answer: Answer) {
        let caller = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            defer { if case .finished = state {} else { state = .finished(answer) } }
            guard case .waiting(let caller) = state else { return nil }
            return caller
        }
        caller?.resume(returning: answer)
    }
}

extension ProducerCore {
    /// Waits for an answer that `begin` asks for, `milliseconds` at most.
    ///
    /// - Parameters:
    ///   - what: What is waited for, in words.
    ///   - fallback: The answer when none has come in time.
    func wait<Value>(
        for what: String,
        milliseconds: Int32,
        orElse fallback: Result<Value, KafkaError>,
        _ begin: (AnswerSlot<Value>) -> Void
    ) async throws(KafkaError) -> Value {
        let slot = AnswerSlot<Value>()
        let timer = Task.detached {
            do { try await Task.sleep(for: .milliseconds(milliseconds)) } catch { return }
            slot.finish(fallback)
        }
        defer { timer.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                slot.start(caller)
                begin(slot)
            }
        } onCancel: {
            slot.finish(.failure(KafkaError(.cancelled, "the wait for \(what) was cancelled")))
        }
        return try result.get()
    }
}
