// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct MetadataTests {
    @Test func allTopicsAndBrokersAreListed() async throws {
        try await withMockCluster(brokers: 3, topics: ["b": 2, "a": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let metadata = try await producer.metadata()
            #expect(metadata.brokers.map(\.id) == [1, 2, 3])
            #expect(Set(metadata.brokers.map(\.address)) == Set(cluster.bootstrapServers))
            #expect(metadata.topics.map(\.name) == ["a", "b"])
            let topic = try #require(metadata.topics.last)
            #expect(topic.error == nil && topic.partitions.map(\.id) == [0, 1])
            for partition in topic.partitions {
                #expect(partition.error == nil)
                let leader = try #require(partition.leader)
                #expect(partition.replicas.contains(leader) && partition.inSyncReplicas.contains(leader))
                #expect(partition.replicas.count == 3)
            }
            #expect(metadata.clusterID != nil && metadata.sourceName.contains(":"))
            try await producer.close()
        }
    }

    @Test func oneTopicAloneIsAskedFor() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1, "b": 3]) { cluster in
            let producer = try await makeProducer(cluster)
            let metadata = try await producer.metadata(for: "b")
            #expect(metadata.topics.map(\.name) == ["b"])
            #expect(metadata.topics.first?.partitions.count == 3)
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }

    @Test func anErrorOfATopicIsPartOfTheAnswer() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            try await cluster.failTopic("a", with: .unknownTopicOrPartition)
            let producer = try await makeProducer(cluster) { $0.logHandler = { _ in } }
            let topic = try #require(try await producer.metadata(for: "a").topics.first)
            #expect(topic.error?.code == .unknownTopicOrPartition && topic.partitions == [])
            try await producer.close()
        }
    }

    @Test func aPartitionWithoutALeaderSaysSo() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 2]) { cluster in
            try await cluster.moveLeader(topic: "a", partition: 1, to: nil)
            let producer = try await makeProducer(cluster) { $0.logHandler = { _ in } }
            let partitions = try #require(try await producer.metadata(for: "a").topics.first).partitions
            #expect(partitions.map(\.leader) == [1, nil])
            try await producer.close()
        }
    }

    @Test func nobodyAnsweringEndsWithTheTimeout() async throws {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        let producer = try await AsyncProducer(configuration)
        let start = ContinuousClock.now
        let error = await #expect(throws: KafkaError.self) {
            try await producer.metadata(timeout: .milliseconds(300))
        }
        #expect(error?.code == .deadlineExceeded && error?.message.contains("0.3 seconds") == true)
        #expect(start.duration(to: .now) < .seconds(10))
        try await producer.close()
    }

    @Test func aCancelledTaskDoesNotWait() async throws {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        let producer = try await AsyncProducer(configuration)
        let start = ContinuousClock.now
        let task = Task { try await producer.metadata(timeout: .seconds(20)) }
        task.cancel()
        let error = await #expect(throws: KafkaError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(start.duration(to: .now) < .seconds(10))
        try await producer.close()
    }

    /// More waits than Swift has threads: if one of them blocked a thread of the pool, nothing else could run.
    @Test func nobodyElseWaits() async throws {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        let producer = try await AsyncProducer(configuration)
        let start = ContinuousClock.now
        let waits = (0..<32).map { _ in Task { try await producer.metadata(timeout: .seconds(20)) } }
        await Task { for _ in 0..<1_000 { await Task.yield() } }.value
        #expect(start.duration(to: .now) < .seconds(10))
        for wait in waits { wait.cancel() }
        for wait in waits { await #expect(throws: KafkaError.self) { try await wait.value } }
        try await producer.close()
    }

    @Test func aClosedProducerAndABadNameAreRefused() async throws {
        try await withMockCluster(brokers: 1, topics: [:]) { cluster in
            let producer = try await makeProducer(cluster)
            let invalid = await #expect(throws: KafkaError.self) { try await producer.metadata(for: "no topic") }
            #expect(invalid?.code == .invalidTopic)
            try await producer.close()
            let closed = await #expect(throws: KafkaError.self) { try await producer.metadata() }
            #expect(closed?.code == .closed)
        }
    }
}
