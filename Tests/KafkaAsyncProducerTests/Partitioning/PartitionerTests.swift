// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import RDKafka
import Testing

@testable import KafkaAsyncProducer

@Suite(.timeLimit(.minutes(2))) struct PartitionerTests {
    /// Odd and even, primes, one, and the most that there can be.
    private static let counts: [Int32] = [1, 2, 3, 7, 12, 97, 1_000, 65_536, .max]

    /// No key at all first, then an empty one, text beyond ASCII, and random bytes of 0 to 40, the same in each run.
    private static let keys: [[UInt8]?] = {
        var random = SplitMix64(seed: 1)
        let texts = ["", "kafka", "Ünïcödé 🦊", "ключ", "鍵", "\0", "\u{ff}", "e\u{301}"]
        // Their FNV-1a is the lowest of all numbers.
        let lowest = ["afjtjzd", "a01sk58", "gq3p75b"]
        let bytes = (0..<10_000).map { number in
            (0..<(number % 41)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        return [nil] + (texts + lowest).map { Array($0.utf8) } + bytes
    }()

    /// librdkafka's own functions; where they answer differently each time, any partition will do.
    @Test(arguments: Partitioner.allCases) func keysGoWhereLibrdkafkaPutsThem(partitioner: Partitioner) async throws {
        let topic = try await offlineTopic()
        var differing: [[UInt8]?] = []
        for key in Self.keys {
            func theirs(_ count: Int32) -> Int32? {
                topic.referencePartition(partitioner.rawValue, key: key?.span, count: count)
            }
            // That a random choice out of two billion comes three times in a row will not be seen.
            let isAny = Set((0..<3).map { _ in theirs(.max) }).count > 1
            let isEqual = Self.counts.allSatisfy { count in
                partitioner.partition(key: key?.span, count: count) == (isAny ? nil : theirs(count))
            }
            if !isEqual { differing.append(key) }
        }
        #expect(differing.isEmpty, "\(differing.count) keys")
    }

    /// A handle of librdkafka's for a topic that nobody knows: the partitioners need one, but no broker.
    private func offlineTopic() async throws -> TopicHandle {
        let waker = try #require(Waker())
        return try await withCheckedThrowingContinuation { continuation in
            let isStarted = RDKafka.Thread.spawn(named: "offline-topic") {
                continuation.resume(with: Result { try Client(ClientProperties(), waker: waker).topic("t") })
            }
            if !isStarted { continuation.resume(throwing: KafkaError(.systemResources, "no thread")) }
        }
    }

    @Test func namesAreLibrdkafkas() throws {
        let row = try #require(PropertyTable.all.first { $0.name == "partitioner" })
        for partitioner in Partitioner.allCases {
            #expect(try Partitioner(named: partitioner.rawValue) == partitioner)
            #expect(row.description.contains("`\(partitioner.rawValue)`"))
            var properties = ClientProperties()
            #expect(properties.set("partitioner", " \(partitioner.rawValue)") == .ok)
            let spelling = properties.value(of: "partitioner")
            #expect(spelling == partitioner.rawValue)
        }
        for name in ["", "murmur3", "Random", " random", "random\0"] {
            let error = try #require(throws: KafkaError.self) { try Partitioner(named: name) }
            #expect(error.code == .invalidConfiguration && error.message.contains("murmur2_random"))
        }
    }

    @Test(arguments: Partitioner.allCases) func withoutPartitionsThereIsNoneToName(partitioner: Partitioner) {
        for count in [0, -1, .min] as [Int32] {
            let partition = partitioner.partition(key: "k".utf8.span, count: count)
            #expect(partition == nil)
        }
    }

    /// What a message is sent with, and where the log has it: with stickiness turned off, and as it is by default.
    @Test(arguments: Partitioner.allCases) func theLogAgrees(partitioner: Partitioner) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            for sticks in [false, true] {
                let producer = try await makeProducer(cluster) {
                    $0.librdkafka["partitioner"] = partitioner.rawValue
                    if !sticks { $0.librdkafka["sticky.partitioning.linger.ms"] = "0" }
                }
                for key in [nil, "", "k", "Ünïcödé 🦊"] as [String?] {
                    for _ in 0..<100 {
                        try await producer.input.send(ProducerMessage(topic: "t", key: key, value: "v"))
                    }
                    var used: Set<Int32> = []
                    var successes = producer.successes.makeAsyncIterator()
                    for _ in 0..<100 { used.insert(try #require(await successes.next()).partition) }
                    let bytes = key.map { Array($0.utf8) }
                    if let partition = partitioner.partition(key: bytes?.span, count: 6) {
                        #expect(used == [partition])
                    } else if !sticks || !partitioner.mayStick(key: bytes?.span) {
                        // None of six is missed by 100 random choices, but once in ten million.
                        #expect(used.count == 6)
                    }
                }
                try await producer.close()
                expectSettled(producer, accepted: 400)
            }
        }
    }
}
