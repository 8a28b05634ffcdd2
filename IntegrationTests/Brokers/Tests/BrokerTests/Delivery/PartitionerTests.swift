// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// Keys go where other clients put them.
@Suite(.timeLimit(.minutes(2)), .serialized, .needsBroker, .brokerLogs)
struct PartitionerTests {
    static let partitions: Int32 = 7
    /// Every length up to a few blocks of four bytes, signs of all kinds, and text beyond ASCII.
    static let keys =
        (1...40).map { String(repeating: "k", count: $0) } + (0..<200).map { "customer-\($0 &* 7919)" }
        + ["21", "foobar", "a-little-bit-long-string", "a-little-bit-longer-string", "abc", "Ünïcödé 🦊", "~!@#$%"]

    /// The partition of each key, as it is in the log.
    private func places(partitioner: String) async throws -> [String: Int32] {
        let servers = try await Brokers.shared
        return try await withTopic(on: servers, partitions: Int(Self.partitions)) { topic in
            let producer = try await makeProducer(servers) { $0.librdkafka["partitioner"] = partitioner }
            let target = try producer.topic(topic)
            for key in Self.keys {
                try await producer.input.send(ProducerMessage(topic: target, key: key, value: "v"))
            }
            try await producer.close()
            expectSettled(producer, accepted: Self.keys.count)
            return try await places(in: topic, on: servers)
        }
    }

    private func places(in topic: String, on servers: [String]) async throws -> [String: Int32] {
        let records = try await LogRecord.all(of: topic, on: servers)
        #expect(records.count == Self.keys.count)
        return Dictionary(records.map { ($0.key ?? "", $0.partition) }) { first, _ in first }
    }

    @Test(arguments: ["murmur2", "murmur2_random"]) func murmur2IsJavas(partitioner: String) async throws {
        let places = try await places(partitioner: partitioner)
        for key in Self.keys {
            let hash = ReferenceHash.murmur2([UInt8](key.utf8))
            #expect(places[key] == (hash & 0x7fff_ffff) % Self.partitions, "\(key)")
        }
    }

    /// Not by our own reading of Java's code: Java's own producer writes the same keys.
    @Test(.needsLauncher) func javasOwnProducerAgrees() async throws {
        let servers = try await Brokers.shared
        let distribution = try Brokers.distribution
        let ours = try await places(partitioner: "murmur2_random")
        try await withTopic(on: servers, partitions: Int(Self.partitions)) { topic in
            let tool =
                distribution.majorVersion < 4 ? "kafka.tools.ConsoleProducer" : "org.apache.kafka.tools.ConsoleProducer"
            let outcome = try await distribution.run(
                tool,
                ["--bootstrap-server", servers[0], "--topic", topic, "--property", "parse.key=true"],
                input: .text(Self.keys.map { "\($0)\tv\n" }.joined())
            )
            #expect(outcome.isSuccess, "\(outcome.errors)")
            #expect(try await places(in: topic, on: servers) == ours)
        }
    }

    @Test(arguments: ["fnv1a", "fnv1a_random"]) func fnv1aIsSaramas(partitioner: String) async throws {
        let places = try await places(partitioner: partitioner)
        for key in Self.keys {
            let hash = Int32(bitPattern: ReferenceHash.fnv1a([UInt8](key.utf8)))
            #expect(places[key] == abs(hash % Self.partitions), "\(key)")
        }
    }

    @Test(arguments: ["consistent", "consistent_random"]) func consistentIsCRC32(partitioner: String) async throws {
        let places = try await places(partitioner: partitioner)
        for key in Self.keys {
            let hash = ReferenceHash.crc32([UInt8](key.utf8))
            #expect(places[key] == Int32(hash % UInt32(Self.partitions)), "\(key)")
        }
    }

    /// Where keys play no part, all partitions get their share.
    @Test func randomUsesAllPartitions() async throws {
        #expect(try await Set(places(partitioner: "random").values).count == Int(Self.partitions))
    }

    /// Messages without a key: one partition for all (`consistent`, `murmur2`, `fnv1a` hash an empty key), or any.
    @Test(arguments: [("murmur2", true), ("murmur2_random", false), ("consistent_random", false), ("fnv1a", true)])
    func noKey(partitioner: String, isOnePartition: Bool) async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, partitions: Int(Self.partitions)) { topic in
            let producer = try await makeProducer(servers) {
                $0.librdkafka["partitioner"] = partitioner
                $0.librdkafka["sticky.partitioning.linger.ms"] = "0"
            }
            let target = try producer.topic(topic)
            for number in 0..<500 { try await producer.input.send(ProducerMessage(topic: target, value: "\(number)")) }
            try await producer.close()
            let used = Set(try await LogRecord.all(of: topic, on: servers).map(\.partition))
            #expect(used.count == (isOnePartition ? 1 : Int(Self.partitions)))
        }
    }
}
