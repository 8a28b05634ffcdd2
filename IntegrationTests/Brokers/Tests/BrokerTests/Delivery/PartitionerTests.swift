// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// Keys go where other clients put them.
@Suite(.timeLimit(.minutes(2)), .serialized, .needsBroker, .brokerLogs)
struct PartitionerTests {
    static let partitions: Int32 = 7
    /// None, every length up to a few blocks of four bytes, signs of all kinds, and text beyond ASCII.
    static let keys =
        (0...40).map { String(repeating: "k", count: $0) } + (0..<200).map { "customer-\($0 &* 7919)" }
        + ["21", "foobar", "a-little-bit-long-string", "a-little-bit-longer-string", "abc", "Ünïcödé 🦊", "~!@#$%"]

    /// The partition of each key, as it is in the log after `send`.
    private func places(_ send: (_ topic: String, _ servers: [String]) async throws -> Void) async throws -> [String:
        Int32]
    {
        let servers = try await Brokers.shared
        return try await withTopic(on: servers, partitions: Int(Self.partitions)) { topic in
            try await send(topic, servers)
            let records = try await LogRecord.all(of: topic, on: servers)
            #expect(records.count == Self.keys.count)
            return Dictionary(records.map { ($0.key ?? "", $0.partition) }) { first, _ in first }
        }
    }

    /// - Parameter partitioner: One of librdkafka's by its name; nil for the default.
    private func places(partitioner: String?) async throws -> [String: Int32] {
        try await places { topic, servers in
            let producer = try await makeProducer(servers) { $0.librdkafka["partitioner"] = partitioner }
            let target = try producer.topic(topic)
            for key in Self.keys {
                try await producer.input.send(ProducerMessage(topic: target, key: key, value: "v"))
            }
            try await producer.close()
            expectSettled(producer, accepted: Self.keys.count)
        }
    }

    /// Each key with a value, as the command-line producers read them.
    private var lines: ToolProcess.Input { .text(Self.keys.map { "\($0)\tv\n" }.joined()) }

    /// kcat leaves the choice to librdkafka's own partitioners.
    @Test(arguments: ["consistent", "consistent_random", "murmur2", "murmur2_random", "fnv1a", "fnv1a_random"])
    func librdkafkaAgrees(partitioner: String) async throws {
        var ours = try await places(partitioner: partitioner)
        var theirs = try await places { topic, servers in
            let outcome = try await ToolProcess.run(
                ["kcat", "-P", "-b", servers.joined(separator: ","), "-t", topic, "-K", "\t"]
                    + ["-X", "partitioner=\(partitioner)"],
                input: lines
            )
            #expect(outcome.isSuccess, "\(outcome.errors)")
        }
        if partitioner == "consistent_random" {
            // An empty key may be anywhere.
            ours[""] = nil
            theirs[""] = nil
        }
        #expect(ours == theirs)
    }

    @Test(.needsLauncher) func javasOwnProducerAgrees() async throws {
        let distribution = try Brokers.distribution
        let theirs = try await places { topic, servers in
            let tool =
                distribution.majorVersion < 4 ? "kafka.tools.ConsoleProducer" : "org.apache.kafka.tools.ConsoleProducer"
            let outcome = try await distribution.run(
                tool,
                ["--bootstrap-server", servers[0], "--topic", topic, "--property", "parse.key=true"],
                input: lines
            )
            #expect(outcome.isSuccess, "\(outcome.errors)")
        }
        #expect(try await places(partitioner: nil) == theirs)
    }

    /// The digests that the unit tests hold ours against: `PartitioningTests.vectors`, with its keys.
    @Test(
        .needsLauncher,
        .needsJavaCompiler,
        arguments: [(7, 6_897_260_340_668_879_059), (1_000, 5_383_227_031_422_867_272)]
    )
    func javasVectors(partitions: Int32, digest: UInt64) async throws {
        let keys = (0..<10_000).map { number -> [UInt8] in
            if number % 10 == 3 { return Array("Ünï-\(number)-ключ-鍵".utf8) }
            return (0..<number % 41).map { UInt8(truncatingIfNeeded: (number &* 2_654_435_761 &+ $0 &* 40_503) >> 7) }
        }
        let places = try await JavaPlaces.places(
            of: keys.map { $0.map { String(format: "%02x", $0) }.joined() },
            partitions: partitions,
            by: Brokers.distribution
        )
        #expect(places.count == keys.count)
        let found = places.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { digest, place in
            (digest ^ UInt64(truncatingIfNeeded: place)) &* 0x100_0000_01b3
        }
        #expect(found == digest)
    }

    /// What no text can hold: 10,000 keys of 0 to 40 bytes of any value.
    @Test(.needsLauncher, .needsJavaCompiler) func javaPutsAnyBytesThereToo() async throws {
        let servers = try await Brokers.shared
        let keys = (0..<10_000).map { number in (0..<(number % 41)).map { _ in UInt8.random(in: 0...255) } }
        let names = keys.map { $0.map { String(format: "%02x", $0) }.joined() }
        let theirs = try await JavaPlaces.places(of: names, partitions: Self.partitions, by: Brokers.distribution)
        try #require(theirs.count == keys.count)
        try await withTopic(on: servers, partitions: Int(Self.partitions)) { topic in
            let producer = try await makeProducer(servers)
            let target = try producer.topic(topic)
            for (key, name) in zip(keys, names) {
                try await producer.input.send(ProducerMessage(topic: target, key: key, value: name))
            }
            try await producer.close()
            expectSettled(producer, accepted: keys.count)
            let log = try await LogRecord.consume(["-f", "%s %p\n"], topic, servers)
            let ours = log.text.split(separator: "\n").map(String.init).sorted()
            #expect(ours == zip(names, theirs).map { "\($0) \($1)" }.sorted())
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
