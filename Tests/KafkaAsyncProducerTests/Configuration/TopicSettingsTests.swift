// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Synchronization
import Testing

@testable import KafkaAsyncProducer

/// Settings of one topic beside those of the others.
@Suite(.timeLimit(.minutes(2))) struct TopicSettingsTests {
    typealias Settings = AsyncProducer.TopicSettings

    private func refusal(_ producer: AsyncProducer, _ name: String, _ settings: Settings) -> KafkaError? {
        do throws(KafkaError) {
            _ = try producer.topic(name, settings: settings)
            return nil
        } catch {
            return error
        }
    }

    /// The first settings of a topic hold; the same ones may be given again, and no others.
    @Test func theyDoNotChange() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1, "b": 1, "c": 1, "d": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let settings = Settings(compression: .gzip, timeout: .seconds(7), partitioning: .sarama)
            let handle = try producer.topic("a", settings: settings)
            #expect(try producer.topic("a", settings: settings).index == handle.index)
            #expect(try producer.topic("a").index == handle.index)
            for other in [Settings(), Settings(compression: .gzip, timeout: .seconds(8), partitioning: .sarama)] {
                let error = refusal(producer, "a", other)
                #expect(error?.code == .invalidConfiguration && error?.message.contains("\"a\"") == true)
            }
            // Whatever is done with a topic before settles it; what changes nothing goes with that.
            try await producer.input.send(ProducerMessage(topic: "b", value: "v"))
            _ = try await producer.metadata(for: "c")
            _ = try producer.topic("d")
            for name in ["b", "c", "d"] {
                #expect(refusal(producer, name, Settings(compression: .gzip))?.code == .invalidConfiguration)
                #expect(refusal(producer, name, Settings()) == nil)
                #expect(
                    refusal(
                        producer,
                        name,
                        Settings(acks: .all, compression: AsyncProducer.Configuration.Batching.Compression.none)
                    ) == nil
                )
            }
            let custom = AsyncProducer.Partitioning.custom { _, _ in 0 }
            #expect(refusal(producer, "e", Settings(partitioning: custom)) == nil)
            #expect(refusal(producer, "e", Settings(partitioning: custom)) == nil)
            #expect(
                refusal(producer, "e", Settings(partitioning: .custom { _, _ in 0 }))?.code == .invalidConfiguration
            )
            try await producer.close()
            #expect(refusal(producer, "f", Settings())?.code == .closed)
        }
    }

    @Test func whatCannotBe() async throws {
        try await withMockCluster(brokers: 1) { cluster in
            let producer = try await makeProducer(cluster)
            for (settings, word) in [
                (Settings(acks: .leader), "idempotence"),
                (Settings(acks: AsyncProducer.Configuration.Delivery.Acks.none), "idempotence"),
                (Settings(timeout: .seconds(-1)), "negative"), (Settings(timeout: .seconds(1 << 40)), "24 days"),
                (Settings(timeout: .milliseconds(1)), "linger"),
            ] {
                let error = refusal(producer, "t", settings)
                #expect(error?.code == .invalidConfiguration && error?.message.contains(word) == true, "\(settings)")
                #expect(error?.message.contains("\"t\"") == true)
            }
            #expect(refusal(producer, "no/topic", Settings())?.code == .invalidTopic)
            // None of them has settled anything.
            #expect(refusal(producer, "t", Settings(timeout: .zero)) == nil)
            try await producer.close()
        }
    }

    /// Without acknowledgement for one topic, and with it for another, also from a client that took over.
    @Test func acks() async throws {
        try await withMockCluster(brokers: 1, topics: ["none": 1, "all": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.delivery.idempotence = false }
            let none = try producer.topic("none", settings: .init(acks: AsyncProducer.Configuration.Delivery.Acks.none))
            for round in 0..<2 {
                #expect(try await producer.deliver(ProducerMessage(topic: none, value: "v")).offset == nil)
                // By name it is the same topic.
                #expect(try await producer.deliver(ProducerMessage(topic: "none", value: "v")).offset == nil)
                #expect(
                    try await producer.deliver(ProducerMessage(topic: "all", value: "v")).offset == Int64(round * 1)
                )
                if round == 1 { break }
                try await cluster.brokerDown()
                try await producer.input.send(ProducerMessage(topic: "all", value: "lost"))
                try await eventually("it is under way") { producer.debugDescription.contains(" 1 batches, ") }
                producer.abort()
                try await eventually("it is accounted for") { producer.inFlightCount == 0 }
                try await cluster.brokerUp()
                #expect(producer.statistics.retiredClients == 1)
            }
            let failed = try await undelivered(by: producer, deadline: .seconds(20))
            #expect(failed.count == 1)
            expectSettled(producer, accepted: 7)
        }
    }

    /// What one topic compresses does not go over the wire as it is.
    @Test(arguments: [false, true]) func compression(isCompressed: Bool) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let latest = Mutex("")
            let producer = try await makeProducer(cluster) {
                $0.librdkafkaStatistics = .init(interval: .milliseconds(50)) { json in latest.withLock { $0 = json } }
            }
            let topic = try producer.topic("t", settings: .init(compression: isCompressed ? .zstd : nil))
            let value = [UInt8](repeating: 7, count: 10_000)
            for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: topic, value: value)) }
            try await producer.flush()
            // Cumulative: the bytes of everything that was written to all connections.
            func sentBytes() -> Int {
                latest.withLock { $0 }.matches(of: /"tx_bytes":(\d+)/).reduce(0) { $0 + (Int($1.output.1) ?? 0) }
            }
            let before = latest.withLock { $0 }
            try await eventually("statistics that are newer") { latest.withLock { $0 } != before && sentBytes() > 0 }
            if isCompressed { #expect(sentBytes() < 100_000) } else { #expect(sentBytes() > 1_000_000) }
            try await producer.close()
            expectSettled(producer, accepted: 100)
            #expect(try await cluster.records(in: "t").allSatisfy { $0.value == value })
        }
    }

    /// Each topic's messages have their own time, whether librdkafka has them or not; and others keep theirs.
    @Test(.namesCases) func timeouts() async {
        await atOnce([false, true]) { isConnected in
            try await withMockCluster(brokers: 1, topics: ["short": 1, "long": 1]) { cluster in
                let producer = try await makeProducer(cluster)
                let short = try producer.topic("short", settings: .init(timeout: .seconds(1)))
                if isConnected {
                    _ = try await producer.deliver(ProducerMessage(topic: short, value: "first"))
                    _ = try await producer.deliver(ProducerMessage(topic: "long", value: "first"))
                }
                try await cluster.brokerDown()
                let start = ContinuousClock.now
                for number in 0..<10 {
                    try await producer.input.send(ProducerMessage(topic: short, value: "\(number)"))
                    try await producer.input.send(ProducerMessage(topic: "long", value: "\(number)"))
                }
                var errors = producer.errors.makeAsyncIterator()
                for _ in 0..<10 {
                    let error = try #require(await errors.next())
                    #expect(error.error.code == .messageTimedOut && error.message.topic == short)
                }
                let elapsed = ContinuousClock.now - start
                #expect(elapsed > .milliseconds(900) && elapsed < .milliseconds(2_500), "\(elapsed)")
                #expect(producer.inFlightCount == 10)
                try await cluster.brokerUp()
                try await producer.flush()
                try await producer.close()
                let first = isConnected ? 2 : 0
                #expect(producer.statistics.succeeded == 10 + first)
                expectSettled(producer, accepted: 20 + first)
                let records = try await cluster.records(in: "long")
                #expect(records.compactMap(\.valueText).filter { $0 != "first" } == (0..<10).map { "\($0)" })
            }
        }
    }

    @Test func partitionings() async throws {
        try await withMockCluster(brokers: 1, topics: ["turn": 3, "java": 3, "mine": 3]) { cluster in
            let producer = try await makeProducer(cluster)
            let turn = try producer.topic("turn", settings: .init(partitioning: .roundRobin))
            _ = try producer.topic("mine", settings: .init(partitioning: .custom { _, count in count - 1 }))
            for _ in 0..<30 {
                for topic in [turn, "java", "mine"] {
                    try await producer.input.send(ProducerMessage(topic: topic, key: "k", value: "v"))
                }
            }
            try await producer.close()
            expectSettled(producer, accepted: 90)
            let java = Partitioner.murmur2Random.partition(key: "k".utf8.span, count: 3)
            #expect(
                try await cluster.records(in: "turn").map(\.partition)
                    == (0..<3).flatMap { Array(repeating: Int32($0), count: 10) }
            )
            #expect(try await Set(cluster.records(in: "java").map { Optional($0.partition) }) == [java])
            #expect(try await Set(cluster.records(in: "mine").map(\.partition)) == [2])
        }
    }
}
