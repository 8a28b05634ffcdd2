// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import KafkaAsyncProducer

@Suite struct TokenRefresherTests {
    private let token = OAuthToken("t0ken", expiration: .init(millisecondsSinceEpoch: 1))

    /// librdkafka does not ask again before it has an answer, so it must get one each time.
    @Test func everyRequestIsAnsweredWhileOneCallHangs() async {
        let calls = Atomic(0)
        let (gates, gate) = AsyncStream.makeStream(of: Void.self)
        let (answers, answer) = AsyncStream.makeStream(of: TokenRefresher.Answer.self)
        let refresher = TokenRefresher(
            .init(timeout: .milliseconds(20)) { [token] in
                calls.add(1, ordering: .relaxed)
                for await _ in gates {}
                return token
            }
        )
        var iterator = answers.makeAsyncIterator()
        for _ in 0..<3 {
            refresher.refresh { answer.yield($0) }
            guard case .failure(let reason) = await iterator.next() else {
                Issue.record("no time-out")
                return
            }
            #expect(reason.contains("0.02 seconds"))
        }
        #expect(calls.load(ordering: .relaxed) == 1)
        // Late, and used all the same.
        gate.finish()
        guard case .token(let late) = await iterator.next() else {
            Issue.record("the late token is lost")
            return
        }
        #expect(late == token)
        refresher.stop()
    }

    @Test func afterTheEndNobodyIsAskedOrAnswered() async {
        let (answers, answer) = AsyncStream.makeStream(of: TokenRefresher.Answer.self)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let refresher = TokenRefresher(
            .init { [token] in
                start.yield()
                try? await Task.sleep(for: .seconds(600))
                end.finish()
                return token
            }
        )
        refresher.refresh { answer.yield($0) }
        for await _ in starts.prefix(1) {}
        refresher.stop()
        for await _ in ends {}
        refresher.refresh { answer.yield($0) }
        answer.finish()
        for await answer in answers { Issue.record("\(answer)") }
    }
}
