// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Numbers that ride with borrowed bytes and come back with the outcome.
@Suite(.timeLimit(.minutes(1))) struct TagTests {
    private let largest: UInt64 = (1 << 48) - 1

    @Test func comeBackWithEachOutcome() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let producer = try await AsyncProducer(.init(bootstrapServers: cluster.bootstrapServers))
            var delivered = producer.successes.makeAsyncIterator()
            var failed = producer.errors.makeAsyncIterator()
            let value = Array("v".utf8)
            let tags: [UInt64?] = [0, 1, nil, largest]
            for tag in tags { try await producer.input.send(to: "t", value: value.span, tag: tag) }
            // One with something else of its own, in the same batch.
            try await producer.input.send(ProducerMessage(topic: "t", value: "m", metadata: "mine"))
            for tag in tags {
                let message = try #require(await delivered.next())
                #expect(message.metadata as? UInt64 == tag)
                #expect(message.copied().metadata as? UInt64 == tag)
            }
            #expect(await delivered.next()?.metadata as? String == "mine")

            try await cluster.failNext(.produce, with: .policyViolation)
            for tag in [7, nil, 9] as [UInt64?] {
                try await producer.input.send(to: "t", partition: 0, value: value.span, tag: tag)
            }
            for tag in [7, nil, 9] as [UInt64?] {
                let error = try #require(await failed.next())
                #expect(error.message.metadata as? UInt64 == tag)
                #expect(error.message.partition == 0)
            }
            // One that librdkafka refuses at once.
            let large = [UInt8](repeating: 0, count: 2_000_000)
            try await producer.input.send(to: "t", value: large.span, tag: 11)
            #expect(await failed.next()?.message.metadata as? UInt64 == 11)
            let report = try await producer.close()
            #expect(report.statistics.isBalanced)
        }
    }

    @Test func oneThatIsTooLargeIsRefused() async throws {
        let producer = try await AsyncProducer(.init(bootstrapServers: ["127.0.0.1:1"]))
        let error = await #expect(throws: KafkaError.self) {
            try await producer.input.send(to: "t", value: [UInt8]().span, tag: largest + 1)
        }
        #expect(error?.code == .invalidMessage)
        #expect(producer.statistics.accepted == 0)
        try await producer.close()
    }
}
