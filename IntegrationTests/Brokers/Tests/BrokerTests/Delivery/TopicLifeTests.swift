// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// Topics come, grow and go while they are written to.
@Suite(.timeLimit(.minutes(2)), .serialized, .needsBroker, .brokerLogs)
struct TopicLifeTests {
    private func makeQuickProducer(_ servers: [String], patience: Duration = .seconds(20)) async throws -> AsyncProducer
    {
        try await makeProducer(servers) {
            $0.librdkafka["topic.metadata.refresh.interval.ms"] = "300"
            $0.librdkafka["topic.metadata.propagation.max.ms"] = String(Int(patience / .milliseconds(1)))
        }
    }

    private func freshName() -> String { "test-\(UUID().uuidString.prefix(8).lowercased())" }

    /// Messages wait for their topic. Not where somebody's brokers create topics by themselves.
    @Test(.needsLauncher) func aTopicCreatedLate() async throws {
        let servers = try await Brokers.shared
        let topic = freshName()
        let producer = try await makeQuickProducer(servers)
        let target = try producer.topic(topic)
        for number in 0..<100 { try await producer.input.send(ProducerMessage(topic: target, value: "\(number)")) }
        // The broker is asked, and says that there is none.
        let answer = try await producer.metadata(for: target)
        #expect(answer.topics.first?.error?.code == .unknownTopicOrPartition)
        #expect(producer.inFlightCount == 100)
        try await Topics(on: servers).create(topic)
        try await producer.close()
        expectSettled(producer, accepted: 100)
        #expect(producer.statistics.succeeded == 100)
        #expect(try await LogRecord.all(of: topic, on: servers).map(\.payload) == (0..<100).map { "\($0)" })
        try await Topics(on: servers).delete(topic)
    }

    @Test(.needsLauncher) func aTopicThatNeverCame() async throws {
        let servers = try await Brokers.shared
        let producer = try await makeQuickProducer(servers, patience: .seconds(1))
        let target = try producer.topic(freshName())
        for number in 0..<10 { try await producer.input.send(ProducerMessage(topic: target, value: "\(number)")) }
        let errors = Task {
            var errors: [ProducerError] = []
            for await error in producer.errors { errors.append(error) }
            return errors
        }
        try await eventually("every message has failed") { producer.inFlightCount == 0 }
        try await producer.close()
        for error in await errors.value {
            #expect([.unknownTopic, .unknownTopicOrPartition].contains(error.error.code), "\(error)")
            #expect(error.persistence == .notPersisted)
        }
        #expect(await errors.value.count == 10)
        expectSettled(producer, accepted: 10)
    }

    /// New partitions are found, by the partitioner and by whoever names them.
    @Test func partitionsAdded() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, partitions: 2) { topic in
            let producer = try await makeQuickProducer(servers)
            let target = try producer.topic(topic)
            func send(_ range: Range<Int>) async throws {
                for number in range {
                    try await producer.input.send(ProducerMessage(topic: target, key: "\(number)", value: "\(number)"))
                }
                try await producer.flush()
            }
            try await send(0..<100)
            let tooEarly = await outcome(
                of: ProducerMessage(topic: target, partition: 5, value: "early"),
                from: producer
            )
            guard case .failure(let error) = tooEarly else {
                Issue.record("a message for a partition that does not exist was delivered")
                return
            }
            #expect(error.error.code == .unknownPartition)
            try await Topics(on: servers).grow(topic, to: 6)
            try await eventually("the new partition is known", within: .seconds(20)) {
                let late = ProducerMessage(topic: target, partition: 5, value: "late")
                if case .success = await outcome(of: late, from: producer) { return true }
                return false
            }
            try await send(100..<400)
            try await producer.close()
            #expect(producer.statistics.isBalanced && producer.statistics.inFlight == 0)
            let records = try await LogRecord.all(of: topic, on: servers)
            #expect(Set(records.filter { $0.key != nil }.map(\.partition)).count == 6)
            #expect(Set(records.compactMap(\.key)) == Set((0..<400).map { "\($0)" }))
            #expect(records.filter { $0.key != nil }.count == 400)
        }
    }

    /// A partitioner of the user's is told of new partitions, and one that went away is an error of those that it sends there.
    @Test func customPartitionsComeAndGo() async throws {
        let servers = try await Brokers.shared
        let topic = freshName()
        let topics = Topics(on: servers)
        try await topics.create(topic, partitions: 2)
        let producer = try await makeProducer(servers) {
            $0.librdkafka["topic.metadata.refresh.interval.ms"] = "300"
            $0.partitioning = .custom { message, count in message.key == nil ? count - 1 : 3 }
        }
        let target = try producer.topic(topic)
        _ = try await producer.deliver(ProducerMessage(topic: target, value: "two"))
        let early = await outcome(of: ProducerMessage(topic: target, key: "3", value: "early"), from: producer)
        #expect(throws: ProducerError.self) { try early.get() }
        try await topics.grow(topic, to: 4)
        try await eventually("the partitioner is asked among four") {
            try await producer.deliver(ProducerMessage(topic: target, value: "four")).partition == 3
        }
        _ = try await producer.deliver(ProducerMessage(topic: target, key: "3", value: "in time"))
        try await topics.delete(topic)
        try await topics.create(topic, partitions: 2)
        try await eventually("the third partition is gone") {
            guard
                case .failure(let error) = await outcome(
                    of: ProducerMessage(topic: target, key: "3", value: "late"),
                    from: producer
                )
            else { return false }
            return error.error.code == .unknownPartition && error.message.partition == nil
        }
        // librdkafka may know of it a moment before the partitioner is told.
        try await eventually("the partitioner is asked among two") {
            let outcome = await outcome(of: ProducerMessage(topic: target, value: "two again"), from: producer)
            return (try? outcome.get())?.partition == 1
        }
        try await producer.close()
        #expect(producer.statistics.isBalanced && producer.statistics.inFlight == 0)
        #expect(try await LogRecord.all(of: topic, on: servers).contains { $0.payload == "two again" })
        try await topics.delete(topic)
    }

    /// A topic that is deleted under load: every message has its outcome, and the producer goes on with other topics.
    @Test func aTopicDeleted() async throws {
        let servers = try await Brokers.shared
        let topic = freshName()
        let topics = Topics(on: servers)
        try await topics.create(topic, partitions: 2)
        try await withTopic(on: servers) { other in
            let producer = try await makeProducer(servers) {
                $0.librdkafka["topic.metadata.refresh.interval.ms"] = "300"
                $0.librdkafka["topic.metadata.propagation.max.ms"] = "1000"
                $0.delivery.timeout = .seconds(10)
            }
            let target = try producer.topic(topic)
            let errors = Task {
                var count = 0
                for await _ in producer.errors { count += 1 }
                return count
            }
            let stop = StopFlag()
            let sender = Task {
                var count = 0
                while !stop.isSet {
                    try await producer.input.send(ProducerMessage(topic: target, value: "\(count)"))
                    count += 1
                    if count % 50 == 0 { try await Task.sleep(for: .milliseconds(5)) }
                }
                return count
            }
            try await eventually("some are delivered") { producer.statistics.succeeded > 100 }
            try await topics.delete(topic)
            try await eventually("some have failed") { producer.statistics.failed > 0 }
            stop.set()
            let sent = try await sender.value
            try await eventually("all have an outcome") { producer.inFlightCount == 0 }
            _ = try await producer.deliver(ProducerMessage(topic: try producer.topic(other), value: "goes on"))
            try await producer.close()
            // Brokers that create topics on demand made it again when the producer asked for it.
            try? await topics.delete(topic)
            #expect(await errors.value == producer.statistics.failed)
            expectSettled(producer, accepted: sent + 1)
            #expect(try await LogRecord.all(of: other, on: servers).map(\.payload) == ["goes on"])
        }
    }
}
