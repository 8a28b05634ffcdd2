// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

/// Three parties limit the size of a message: the client, the topic, the broker.
@Suite(.timeLimit(.minutes(2)), .serialized, .needsBroker, .brokerLogs)
struct SizeLimitTests {
    private func message(_ topic: Topic, size: Int) -> ProducerMessage {
        ProducerMessage(topic: topic, value: [UInt8](repeating: 120, count: size))
    }

    /// The client lets it pass, the topic does not: an outcome, certain not to be in the log, and the rest goes on.
    @Test func aTopicMayTakeLessThanTheClient() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, settings: ["max.message.bytes": "2000"]) { topic in
            let producer = try await makeProducer(servers)
            let target = try producer.topic(topic)
            let large = await outcome(of: message(target, size: 5_000), from: producer)
            guard case .failure(let error) = large else {
                Issue.record("a message larger than the topic allows was delivered: \(large)")
                return
            }
            #expect(error.error.code == .messageTooLarge)
            #expect(error.persistence == .notPersisted)
            #expect(error.message.value?.count == 5_000)
            _ = try await producer.deliver(message(target, size: 1_000))
            try await producer.close()
            expectSettled(producer, accepted: 2)
            #expect(try await LogRecord.all(of: topic, on: servers).map { $0.payload?.count } == [1_000])
        }
    }

    /// The limit of a topic is one of batches: what is small on its own must not fail because it travelled together.
    @Test func smallMessagesInABatchThatIsTooLarge() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, settings: ["max.message.bytes": "2000"]) { topic in
            let producer = try await makeProducer(servers) {
                $0.batching.linger = .milliseconds(100)
                $0.batching.maximumBytes = 1_900
            }
            let target = try producer.topic(topic)
            for _ in 0..<100 { try await producer.input.send(message(target, size: 200)) }
            try await producer.close()
            expectSettled(producer, accepted: 100)
            #expect(producer.statistics.failed == 0)
            #expect(try await LogRecord.all(of: topic, on: servers).count == 100)
        }
    }

    /// The client's own limit is an outcome too, at once, and the limit can be raised on both sides.
    @Test func theClientsLimitCanBeRaised() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, settings: ["max.message.bytes": "4000000"]) { topic in
            let careful = try await makeProducer(servers)
            let refused = await outcome(of: message(try careful.topic(topic), size: 1_500_000), from: careful)
            guard case .failure(let error) = refused else {
                Issue.record("a message larger than message.max.bytes was delivered")
                return
            }
            #expect(error.error.code == .messageTooLarge)
            #expect(error.persistence == .notPersisted)
            try await careful.close()
            expectSettled(careful, accepted: 1)

            let producer = try await makeProducer(servers) { $0.delivery.maximumMessageBytes = 3_000_000 }
            _ = try await producer.deliver(message(try producer.topic(topic), size: 2_500_000))
            try await producer.close()
            expectSettled(producer, accepted: 1)
            #expect(try await LogRecord.all(of: topic, on: servers).map { $0.payload?.count } == [2_500_000])
        }
    }
}
