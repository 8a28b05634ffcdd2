// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import RDKafka
import Testing

@testable import KafkaAsyncProducer

@Suite(.timeLimit(.minutes(1))) struct HealthTests {
    private func message(_ value: String, partition: Int32 = 0) -> ProducerMessage {
        ProducerMessage(topic: "t", partition: partition, value: KafkaBytes(value))
    }

    @Test func aNewProducerIsWellAndKnowsItsBrokersOnceItHasMetThem() async throws {
        try await withMockCluster(brokers: 3, topics: ["t": 3]) { cluster in
            let producer = try await makeProducer(cluster)
            #expect(producer.health.isWell)
            #expect(producer.health.oldest == nil)
            for partition in Int32(0)..<3 { _ = try await producer.deliver(message("x", partition: partition)) }
            let health = producer.health
            #expect(health.isWell && health.isAccepting && !health.isStalled && !health.isChangingClients)
            #expect(health.inFlightCount == 0 && health.oldest == nil && health.restarts == 0)
            #expect(health.holdsIdempotence)
            // Those that lead a partition are connected, and up.
            let topic = try #require(try await producer.metadata(for: "t").topics.first)
            let up = Set(health.brokers.filter(\.isUp).compactMap(\.id))
            #expect(up.isSuperset(of: topic.partitions.compactMap(\.leader)))
            #expect(Set(cluster.bootstrapServers).isSuperset(of: health.brokers.map(\.address)))
            #expect(health.brokers.allSatisfy { $0.duration < .seconds(60) })
            try await producer.close()
            #expect(!producer.health.isAccepting && !producer.health.isWell)
            expectSettled(producer, accepted: 3)
        }
    }

    /// The oldest message is found wherever it waits: for metadata, in its queue, and under way.
    @Test func theOldestMessageAndItsPartitionAreTold() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let producer = try await makeProducer(cluster) { $0.health.stalledAfter = .milliseconds(100) }
            try await cluster.brokerDown()
            try await producer.input.send(message("parked", partition: 1))
            let parked = producer.health
            #expect(parked.oldest?.topic == "t" && parked.oldest?.partition == nil)
            #expect(!parked.isStalled)
            try await eventually("it is stalled") { producer.health.isStalled }
            #expect(producer.health.oldest.map { $0.age >= .milliseconds(100) } == true)
            #expect(!producer.health.isWell)
            try await eventually("trouble is known") { producer.health.lastTrouble != nil }
            try await cluster.brokerUp()
            try await producer.flush()
            #expect(producer.health.isWell)
            // Under way: a batch of partition 1 is not answered, and 0 waits for its linger only.
            try await cluster.delayNext(.produce, by: .milliseconds(400), on: 1)
            try await producer.input.send(message("under way", partition: 1))
            try await eventually("it is stalled") { producer.health.isStalled }
            #expect(producer.health.oldest?.partition == 1)
            #expect(producer.health.inFlightCount == 1)
            try await producer.flush()
            #expect(producer.health.oldest == nil && producer.health.isWell)
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func brokersGoDownAndComeBack() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 2]) { cluster in
            let producer = try await makeProducer(cluster)
            try await cluster.moveLeader(topic: "t", partition: 0, to: 1)
            try await cluster.moveLeader(topic: "t", partition: 1, to: 2)
            for partition in Int32(0)..<2 { _ = try await producer.deliver(message("x", partition: partition)) }
            func isUp(_ id: Int32) -> Bool? { producer.health.brokers.first { $0.id == id }?.isUp }
            #expect(isUp(1) == true && isUp(2) == true)
            try await cluster.brokerDown(2)
            try await eventually("2 is down") { isUp(2) == false }
            #expect(isUp(1) == true)
            // From 2.10 on a broker that the others do not name any more is let go: no trouble.
            let isTrouble = LibraryVersion.running < 0x020a_0000
            if isTrouble { try await eventually("why is known") { producer.health.lastTrouble != nil } }
            try await producer.input.send(message("x", partition: 1))
            try await cluster.brokerUp(2)
            // It connects again, as there is something for it.
            try await producer.flush()
            #expect(isUp(2) == true)
            // Over, and not forgotten.
            #expect(!isTrouble || producer.health.lastTrouble != nil)
            try await producer.close()
            expectSettled(producer, accepted: 3)
        }
    }

    @Test func restartsAndTheEndAreTold() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.recovery = .restart(limit: 1, mayDuplicate: true) }
            _ = try await producer.deliver(message("x"))
            let requests = try #require(producer.core.metadata.client).requests
            let sent = requests.total([])
            try await cluster.delayNext(.produce, by: .seconds(30), on: 1)
            try await producer.input.send(message("twice"))
            try await eventually("the request is sent") { requests.total([]) > sent }
            try await producer.restart()
            try await producer.flush()
            #expect(producer.health.restarts == 1 && producer.health.isWell)
            #expect(!producer.health.holdsIdempotence)
            try producer.raiseFatalError()
            try await eventually("it is the end") { producer.health.fatalError != nil }
            #expect(!producer.health.isWell && !producer.health.isAccepting)
            #expect(producer.health.description.contains("stopped: OUT_OF_ORDER_SEQUENCE_NUMBER"))
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func withoutIdempotenceThereIsNoneToHold() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.delivery.idempotence = false }
            #expect(!producer.health.holdsIdempotence)
            try await producer.close()
        }
    }
}
