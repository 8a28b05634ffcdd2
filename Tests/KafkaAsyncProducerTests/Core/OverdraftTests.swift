// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct OverdraftTests {
    /// A reader that sends from its loop may go over the budget, for it would wait for itself; but not without an end.
    @Test(arguments: [AsyncProducer.Configuration.Returns.Successes.automatic, .always])
    func aReaderThatSendsMuchInOneStepStaysNearTheBudget(
        policy: AsyncProducer.Configuration.Returns.Successes
    ) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.buffering.maximumMessages = 100
                $0.returns.successes = policy
            }
            try await producer.input.send(ProducerMessage(topic: "t", value: "first"))
            var (accepted, most) = (1, 0)
            for await _ in producer.successes {
                // What there is no room for is refused, or taken when there is some: both end.
                for _ in 0..<5_000 {
                    do throws(KafkaError) {
                        try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                        accepted += 1
                    } catch {
                        #expect(error.code == .noRoom)
                    }
                    most = max(most, producer.statistics.bufferedMessages)
                }
                break
            }
            #expect(most <= 200)
            try await producer.close()
            expectSettled(producer, accepted: accepted)
        }
    }
}
