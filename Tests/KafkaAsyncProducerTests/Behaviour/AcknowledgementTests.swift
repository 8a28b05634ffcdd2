// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// What counts as delivered: what a broker said, nothing that was inferred or counted on from it.
@Suite struct AcknowledgementTests {
    /// Two requests are under way, the first is refused, and the second accepted by a broker that knows no sequence of this
    /// producer yet, as real ones do for a new partition: librdkafka 2.0.2 then reports the first as delivered.
    @Test func whatIsOnlyInferredToBeDeliveredFails() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            // A request for each message, and more than one under way, which only who asks for it gets.
            let producer = try await makeProducer(cluster) {
                $0.librdkafka["batch.num.messages"] = "1"
                $0.librdkafka["max.in.flight.requests.per.connection"] = "5"
            }
            try await cluster.delayNext(.produce, by: .seconds(1), on: 1, with: .notLeaderOrFollower)
            try await producer.input.send(ProducerMessage(topic: "t", value: "1", metadata: "mine"))
            let second = try await producer.deliver(ProducerMessage(topic: "t", value: "2"))
            #expect(second.offset == 0)

            let errors = try await undelivered(by: producer, deadline: .seconds(10)).errors
            #expect(errors.count == 1)
            let error = try #require(errors.first)
            #expect(error.message.value == KafkaBytes("1"))
            #expect(error.message.metadata as? String == "mine")
            #expect(error.error.code == .unconfirmed)
            #expect(error.error.isRetriable)
            #expect(error.persistence == .possiblyPersisted)
            #expect(error.partition == 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["2"])
            #expect(producer.statistics.failedByCause == [.unconfirmed: 1])
            expectSettled(producer, accepted: 2)
        }
    }

    /// The way around it that the documentation names.
    @Test func oneRequestAtATimeLeavesNothingToInfer() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.librdkafka["batch.num.messages"] = "1"
                $0.librdkafka["max.in.flight.requests.per.connection"] = "1"
            }
            try await cluster.delayNext(.produce, by: .seconds(1), on: 1, with: .notLeaderOrFollower)
            try await producer.input.send(ProducerMessage(topic: "t", value: "1"))
            #expect(try await producer.deliver(ProducerMessage(topic: "t", value: "2")).offset == 1)
            try await producer.close()
            #expect(producer.statistics.failed == 0)
            expectSettled(producer, accepted: 2)
        }
    }

    /// librdkafka counts on from -1001 when no broker told an offset: the 1,002nd message of a request got 0.
    @Test func noOffsetIsMadeUp() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.delivery.acks = .none
                $0.delivery.idempotence = false
                $0.returns.successes = .always
                // One request for all of them.
                $0.batching.linger = .milliseconds(200)
            }
            let messages = (0..<5_000).map { ProducerMessage(topic: "t", value: "\($0)") }
            try await producer.input.send(contentsOf: messages)
            var offsets: Set<Int64?> = []
            var batches: [Int] = []
            for await batch in producer.successes.batches {
                batches.append(batch.count)
                for message in batch { offsets.insert(message.offset) }
                if batches.reduce(0, +) == messages.count { break }
            }
            // A hand-over that takes long comes apart.
            #expect(isSanitized || batches.contains { $0 > 1_001 })
            #expect(offsets == [nil])
            try await producer.close()
            expectSettled(producer, accepted: 5_000)
        }
    }
}
