// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// What `configuration.partitioning` says, and what becomes of it under the names of librdkafka.
@Suite(.timeLimit(.minutes(2))) struct PartitioningTests {
    typealias Partitioning = AsyncProducer.Partitioning

    private func value(_ change: (inout AsyncProducer.Configuration) -> Void) throws -> String? {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost"])
        change(&configuration)
        return try configuration.effectiveProperties().first { $0.name == "partitioner" }?.value
    }

    @Test func javasIsTheDefault() throws {
        #expect(AsyncProducer.Configuration(bootstrapServers: []).partitioning == .java)
        #expect(try value { _ in } == "murmur2_random")
    }

    @Test func librdkafkasNameWins() throws {
        #expect(try value { $0.partitioning = .sarama } == "fnv1a_random")
        #expect(try value { $0.partitioning = .librdkafka } == "consistent_random")
        #expect(try value { $0.partitioning = .roundRobin } == "round_robin")
        #expect(try value { $0.partitioning = .custom { _, _ in 0 } } == "custom")
        for name in ["partitioner", "topic.partitioner"] {
            #expect(
                try value {
                    $0.partitioning = .roundRobin
                    $0.librdkafka[name] = "fnv1a"
                } == "fnv1a"
            )
        }
    }

    /// What a file says is found in the typed property, where the program can still change it.
    @Test(arguments: Partitioner.allCases) func files(partitioner: Partitioner) throws {
        var properties = AsyncProducer.Configuration.Properties()
        properties["partitioner"] = partitioner.rawValue
        var configuration = try AsyncProducer.Configuration(properties)
        #expect(configuration.partitioning.description == partitioner.rawValue)
        configuration.partitioning = .roundRobin
        let found = try configuration.effectiveProperties().first { $0.name == "partitioner" }?.value
        #expect(found == "round_robin")
    }

    @Test func equality() {
        let custom = Partitioning.custom { _, _ in 0 }
        #expect(custom == custom)
        #expect(custom != .custom { _, _ in 0 })
        #expect(Partitioning.java != .librdkafka && Partitioning.sarama == .sarama)
    }

    /// 10,000 keys of 0 to 40 bytes, every tenth of them text beyond ASCII.
    static let keys: [[UInt8]] = (0..<10_000).map { number in
        if number % 10 == 3 { return Array("Ünï-\(number)-ключ-鍵".utf8) }
        return (0..<number % 41).map { UInt8(truncatingIfNeeded: (number &* 2_654_435_761 &+ $0 &* 40_503) >> 7) }
    }

    /// Java's are what its own client says, which `PartitionerTests` of `IntegrationTests/Brokers` asks again; the others were
    /// reckoned without this library, with Go's rules for the remainder and with zlib.
    @Test(
        arguments: [
            (Partitioner.murmur2Random, 7, 6_897_260_340_668_879_059),
            (.murmur2Random, 1_000, 5_383_227_031_422_867_272),
            (.fnv1aRandom, 7, 14_325_052_589_407_811_731), (.fnv1aRandom, 1_000, 1_101_007_982_641_527_132),
            (.consistent, 7, 8_889_221_659_015_329_432), (.consistent, 1_000, 3_266_643_542_084_862_524),
        ] as [(Partitioner, Int32, UInt64)]
    )
    func vectors(partitioner: Partitioner, count: Int32, digest: UInt64) {
        let found = Self.keys.reduce(into: UInt64(0xcbf2_9ce4_8422_2325)) { digest, key in
            let partition = partitioner.partition(key: key.span, count: count) ?? -1
            digest = (digest ^ UInt64(truncatingIfNeeded: partition)) &* 0x100_0000_01b3
        }
        #expect(found == digest)
    }

    /// Each message goes one further, whatever its key, however it came and wherever it had to wait.
    @Test(arguments: [7, 100_000]) func roundRobin(budget: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.partitioning = .roundRobin
                $0.buffering.maximumMessages = budget
            }
            let places = Task {
                var places: [Int: Int32] = [:]
                for await success in producer.successes {
                    if let number = success.metadata as? Int { places[number] = success.partition }
                    if let tag = success.metadata as? UInt64 { places[Int(tag)] = success.partition }
                }
                return places
            }
            let topic = try producer.topic("t")
            for number in 0..<300 {
                if number % 3 == 0 {
                    let value = Array("v".utf8)
                    try await producer.input.send(to: topic, value: value.span, tag: UInt64(number))
                } else {
                    try await producer.input.send(
                        ProducerMessage(topic: topic, key: "same", value: "v", metadata: number)
                    )
                }
            }
            try await producer.close()
            let found = await places.value
            #expect(found == Dictionary(uniqueKeysWithValues: (0..<300).map { ($0, Int32($0 % 6)) }))
            expectSettled(producer, accepted: 300)
        }
    }
}
