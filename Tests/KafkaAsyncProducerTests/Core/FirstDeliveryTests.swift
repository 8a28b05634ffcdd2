// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// What the first message of a producer waits for.
@Suite(.timeLimit(.minutes(1))) struct FirstDeliveryTests {
    /// librdkafka 2.10 and newer let an idempotent producer wait for 0.5 or 1 s, unless metadata is asked for again.
    @Test func neitherTheFirstDeliveryNorAnEarlyCloseWaitsHalfASecond() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 2]) { cluster in
            var (deliveries, closes): ([Duration], [Duration]) = ([], [])
            for _ in 0..<8 {
                let producer = try await makeProducer(cluster)
                deliveries.append(
                    try await ContinuousClock().measure {
                        _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
                    }
                )
                try await producer.close()
                let other = try await makeProducer(cluster)
                try await other.input.send(ProducerMessage(topic: "t", value: "first"))
                closes.append(try await ContinuousClock().measure { _ = try await other.close() })
                expectSettled(other, accepted: 1)
            }
            // Other processes may take the processor away now and then, not every time.
            #expect(deliveries.sorted()[2] < .milliseconds(400), "\(deliveries)")
            #expect(closes.sorted()[2] < .milliseconds(400), "\(closes)")
        }
    }
}
