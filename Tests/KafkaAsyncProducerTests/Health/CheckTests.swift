// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

@Suite(.timeLimit(.minutes(1))) struct CheckTests {
    @Test func aConnectionIsCheckedByAnAnswer() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let metadata = try await producer.checkConnection()
            #expect(metadata.brokers.map(\.id) == [1, 2])
            try await producer.close()
            await #expect { try await producer.checkConnection() } throws: { ($0 as? KafkaError)?.code == .closed }
        }
    }

    @Test(arguments: [Duration(attoseconds: .max), .seconds(Int64.max)])
    func anyDurationIsADeadline(deadline: Duration) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            try await producer.checkConnection(deadline: deadline)
            #expect(try await producer.preflight(topics: ["t"], deadline: deadline).isClear)
            try await producer.withDeliveryScope(deadline: deadline) {
                try await $0.send(ProducerMessage(topic: "t", value: "x"))
            }
            try await producer.close()
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(Int64.min), Duration(attoseconds: .min)])
    func aDeadlineThatIsOverIsAnError(deadline: Duration) async throws {
        let producer = try await AsyncProducer(.init(bootstrapServers: ["127.0.0.1:1"]))
        for check in [
            { try await producer.checkConnection(deadline: deadline) },
            { _ = try await producer.preflight(topics: ["t"], deadline: deadline) },
        ] as [() async throws -> Any] {
            let error = await #expect(throws: KafkaError.self) { _ = try await check() }
            #expect(error?.code == .deadlineExceeded)
        }
        try await producer.close()
    }

    @Test func nobodyThereIsSaidWithTheReason() async throws {
        let producer = try await AsyncProducer(.init(bootstrapServers: ["127.0.0.1:1"]))
        let error = await #expect(throws: KafkaError.self) {
            try await producer.checkConnection(deadline: .milliseconds(500))
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.message.contains("127.0.0.1:1") == true)
        #expect(error?.isRetriable == true)
        let check = Task { try await producer.checkConnection(deadline: .seconds(100)) }
        check.cancel()
        await #expect { try await check.value } throws: { ($0 as? KafkaError)?.code == .cancelled }
        try await producer.close()
    }

    @Test func aPreflightFindsWhatIsMissing() async throws {
        try await withMockCluster(brokers: 2, topics: ["good": 3, "half": 2]) { cluster in
            let producer = try await makeProducer(cluster)
            try await cluster.moveLeader(topic: "half", partition: 1, to: nil)
            // The mock knows no settings of topics: they stay unknown.
            let result = try await producer.preflight(topics: ["good", "half", "none"], deadline: .seconds(2))
            #expect(result.topics.map(\.name) == ["good", "half"])
            #expect(result.topics.map(\.partitionCount) == [3, 2])
            #expect(result.topics.allSatisfy { $0.maximumMessageBytes == nil })
            #expect(!result.isClear)
            #expect(result.problems.map(\.topic) == ["half", "none"])
            #expect(result.problems.map(\.partition) == [1, nil])
            #expect(result.problems.map(\.error.code) == [.leaderNotAvailable, .unknownTopicOrPartition])
            #expect(try await producer.preflight(topics: ["good"], deadline: .seconds(3)).isClear)
            // Nothing was created by asking.
            #expect(try await producer.metadata().topics.map(\.name).sorted() == ["good", "half"])
            await #expect { try await producer.preflight(topics: ["a b"]) } throws: {
                ($0 as? KafkaError)?.code == .invalidTopic
            }
            try await producer.close()
        }
    }

    /// What only a real broker tells.
    @Test func settingsOfTopicsAreJudged() throws {
        let configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
        let own = try CoreSettings(configuration, configuration.makeProperties())
        let partition = ClusterMetadata.Partition(id: 0, error: nil, leader: 1, replicas: [1, 2], inSyncReplicas: [1])
        let metadata = ClusterMetadata(
            clusterID: nil,
            controllerID: nil,
            sourceID: nil,
            sourceName: "",
            brokers: [],
            topics: [.init(name: "t", error: nil, partitions: [partition])]
        )
        let settings = ["t": ["max.message.bytes": "1000", "min.insync.replicas": "2"]]
        let result = Preflight(["t"], metadata, settings, own)
        #expect(result.topics.first?.maximumMessageBytes == 1_000)
        #expect(result.topics.first?.minimumInSyncReplicas == 2)
        #expect(result.problems.map(\.error.code) == [.notEnoughReplicas, .messageTooLarge])
        #expect(result.problems.map(\.isObstacle) == [true, false])
        #expect(Preflight(["t"], metadata, [:], own).isClear)
    }
}
