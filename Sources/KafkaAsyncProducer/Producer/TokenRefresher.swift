// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import RDKafka
internal import Synchronization

/// Answers librdkafka's requests for a token with the user's closure: one call of it at a time, in a task of its own.
///
/// librdkafka asks once and waits for an answer, so each request gets one: a token, why there is none, or that it took
/// too long. A token that comes after that is used all the same.
final class TokenRefresher: Sendable {
    /// What is said to librdkafka.
    enum Answer: Sendable {
        case token(OAuthToken)
        case failure(String)
    }

    /// Runs on whatever thread the answer comes from; it must not wait.
    typealias Answering = @Sendable (Answer) -> Void

    private struct State {
        /// The call of the closure that has not returned.
        var call: Task<Void, Never>?
        /// The request that has no answer yet, and where the answer goes.
        var openRequest: Int?
        var answer: Answering?
        var requests = 0
        var isStopped = false
        var last: OAuthToken?
    }

    private let source: AsyncProducer.Configuration.Security.OAuthTokenSource
    private let state = Mutex(State())

    init(_ source: AsyncProducer.Configuration.Security.OAuthTokenSource) { self.source = source }

    /// librdkafka wants a token. Called on the event thread; does not wait.
    func refresh(answer: @escaping Answering) {
        let request = state.withLock { state -> Int? in
            guard !state.isStopped else { return nil }
            state.requests += 1
            state.openRequest = state.requests
            state.answer = answer
            if state.call == nil { state.call = Task { [self] in await fetch() } }
            return state.requests
        }
        guard let request else { return }
        // Not a task: closures that block their threads must not keep the time-out from running.
        let timeout = DispatchTimeInterval.milliseconds(Int(source.timeout.wholeMilliseconds))
        DispatchQueue.global().asyncAfter(deadline: .now() + timeout) { [weak self] in self?.expire(request) }
    }

    /// The last token, while it is good for some time yet.
    var lastToken: OAuthToken? {
        state.withLock { $0.last }.flatMap { token in
            token.expiration.millisecondsSinceEpoch > WallClock.now + 10_000 ? token : nil
        }
    }

    /// No answer is wanted any more.
    func stop() {
        let call = state.withLock { state -> Task<Void, Never>? in
            state.isStopped = true
            (state.openRequest, state.answer) = (nil, nil)
            return state.call
        }
        call?.cancel()
    }

    private func fetch() async {
        let result: Answer
        do {
            result = .token(try await source.fetch())
        } catch {
            result = .failure("the token closure failed: \(printable("\(error)", limit: 300))")
        }
        let answer = state.withLock { state -> Answering? in
            state.call = nil
            let isOpen = state.openRequest != nil
            state.openRequest = nil
            if case .token(let token) = result { state.last = token }
            if case .failure = result { return isOpen ? state.answer : nil }
            return state.answer
        }
        answer?(result)
    }

    private func expire(_ request: Int) {
        let answer = state.withLock { state -> Answering? in
            guard state.openRequest == request else { return nil }
            state.openRequest = nil
            return state.answer
        }
        if let answer { answer(.failure("the token closure has given none for \(source.timeout)")) }
    }
}
