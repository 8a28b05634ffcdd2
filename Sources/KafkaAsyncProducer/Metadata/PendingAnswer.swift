// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Somebody who waits for a broker, resumed once: by the answer or by the cancellation, whichever comes first.
final class PendingAnswer<Value: Sendable>: Sendable {
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
