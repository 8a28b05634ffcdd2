// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// What somebody sees who looks at a producer that stands still.
@Suite struct DescriptionTests {
    @Test func itSaysWhatWaitsAndWhere() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 40]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = 61 }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            for partition in 0..<Int32(40) {
                try await producer.input.send(ProducerMessage(topic: "t", partition: partition, value: "secret"))
            }
            let text = String(reflecting: producer)
            let lines = text.split(separator: "\n")
            #expect(lines.count <= 30)
            #expect(text.contains("41 accepted = 1 succeeded + 0 failed + 40 in flight"))
            #expect(text.contains("40 of 61 messages"))
            #expect(text.contains("t [") && text.contains("oldest") && text.contains("24 partitions more"))
            #expect(!text.contains("secret"))
            try await cluster.brokerUp()
            try await producer.close()
            #expect(String(reflecting: producer).contains("closed"))
            expectSettled(producer, accepted: 41)
        }
    }
}
