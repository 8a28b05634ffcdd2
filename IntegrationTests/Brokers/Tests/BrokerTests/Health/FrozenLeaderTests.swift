// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer
import Testing

/// What the health of a producer says of brokers that stop to answer.
@Suite(.timeLimit(.minutes(5)), .serialized, .needsLauncher, .brokerLogs)
struct FrozenLeaderTests {
    /// One partition stands still while the other goes on; and all is well again when its leader is.
    @Test func thePartitionOfAFrozenLeaderIsNamed() async throws {
        var configuration = ClusterConfiguration(brokers: 2)
        configuration.hasOwnController = true
        try await Cluster.withCluster(configuration, on: Brokers.distribution) { cluster in
            let servers = cluster.bootstrapServers()
            // Nobody else can lead: one replica each.
            try await Topics(on: servers).create("t", partitions: 2, replication: 1)
            let state = try await Topics(on: servers).state(of: "t")
            let leaders = Dictionary(uniqueKeysWithValues: state.partitions.map { ($0.partition, Int($0.leader)) })
            try #require(Set(leaders.values).count == 2, "each broker leads one: \(leaders)")
            let frozen: Int32 = 0
            let broker = try #require(cluster.brokers.first { $0.id == leaders[frozen] })
            let producer = try await makeProducer(servers) { $0.health.stalledAfter = .seconds(2) }
            for partition in Int32(0)..<2 {
                _ = try await producer.deliver(ProducerMessage(topic: "t", partition: partition, value: "x"))
            }
            #expect(producer.health.isWell)
            #expect(producer.health.brokers.count { $0.isUp && $0.id != nil } == 2)
            try await broker.pause()
            try await producer.input.send(ProducerMessage(topic: "t", partition: frozen, value: "stuck"))
            var delivered = 0
            try await eventually("it is stalled", within: .seconds(20)) {
                // The other partition goes on meanwhile.
                _ = try await producer.deliver(ProducerMessage(topic: "t", partition: 1, value: "x"))
                delivered += 1
                return producer.health.isStalled
            }
            let health = producer.health
            print("frozen leader: \(health), \(delivered) delivered beside it")
            #expect(health.oldest?.topic == "t" && health.oldest?.partition == frozen)
            #expect(health.oldest.map { $0.age >= .seconds(2) && $0.age < .seconds(10) } == true)
            #expect(health.inFlightCount == 1 && !health.isWell && health.isAccepting)
            #expect(delivered > 1)
            // Probes do not wait for anybody, frozen brokers least of all.
            let start = ContinuousClock.now
            for _ in 0..<1_000 { _ = producer.health }
            #expect(ContinuousClock.now - start < .seconds(1))
            try await broker.resume()
            try await producer.flush()
            #expect(producer.health.isWell && producer.health.oldest == nil)
            try await producer.close()
            expectSettled(producer, accepted: delivered + 3)
        }
    }

    @Test func aPreflightKnowsTheSettingsOfTopics() async throws {
        let servers = try await Brokers.shared
        let settings = ["max.message.bytes": "2000", "min.insync.replicas": "2"]
        try await withTopic(on: servers, settings: settings) { topic in
            let producer = try await makeProducer(servers)
            let metadata = try await producer.checkConnection()
            #expect(metadata.brokers.count == 1)
            let result = try await producer.preflight(topics: [topic, "no-such-topic"])
            #expect(result.topics.map(\.maximumMessageBytes) == [2_000])
            #expect(result.topics.map(\.minimumInSyncReplicas) == [2])
            let codes = result.problems.map(\.error.code)
            #expect(codes == [.notEnoughReplicas, .messageTooLarge, .unknownTopicOrPartition])
            #expect(result.problems.map(\.isObstacle) == [true, false, true])
            try await producer.close()
        }
    }
}
