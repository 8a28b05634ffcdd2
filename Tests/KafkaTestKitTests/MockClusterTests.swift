// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct MockClusterTests {
    @Test(arguments: [1, 3, 5])
    func hasAnAddressPerBroker(brokers: Int) async throws {
        try await withMockCluster(brokers: brokers) { cluster in
            #expect(cluster.bootstrapServers.count == brokers)
            #expect(Set(cluster.bootstrapServers).count == brokers)
            for address in cluster.bootstrapServers { #expect(address.hasPrefix("127.0.0.1:")) }
        }
    }

    @Test(arguments: [Int.min, -1, 0, 101, Int.max])
    func refusesToHaveSoManyBrokers(brokers: Int) async {
        let error = await #expect(throws: KafkaError.self) { _ = try await MockCluster(brokers: brokers) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test(arguments: [
        ("", 1, nil, KafkaError.Code.invalidTopic),
        ("a\0b", 1, nil, .invalidTopic),
        (String(repeating: "x", count: 250), 1, nil, .invalidTopic),
        ("t", 0, nil, .invalidConfiguration),
        ("t", Int.max, nil, .invalidConfiguration),
        ("t", 1, 0, .invalidConfiguration),
        ("t", 1, 4, .invalidConfiguration),
    ])
    func refusesTopic(name: String, partitions: Int, replicas: Int?, code: KafkaError.Code) async throws {
        try await withMockCluster { cluster in
            let error = await #expect(throws: KafkaError.self) {
                try await cluster.createTopic(name, partitions: partitions, replicationFactor: replicas)
            }
            #expect(error?.code == code)
        }
    }

    @Test func refusesATopicThatExists() async throws {
        try await withMockCluster(topics: ["t": 2]) { cluster in
            let error = await #expect(throws: KafkaError.self) { try await cluster.createTopic("t", partitions: 2) }
            #expect(error?.name == "TOPIC_ALREADY_EXISTS")
            #expect(error?.message.hasPrefix("create topic t: ") == true)
        }
    }

    @Test func bodyResultAndErrorComeThrough() async throws {
        struct Stop: Error {}
        #expect(try await MockCluster.withMockCluster(brokers: 1) { $0.bootstrapServers.count } == 1)
        var kept: MockCluster?
        await #expect(throws: Stop.self) {
            try await withMockCluster(brokers: 1) { cluster in
                kept = cluster
                throw Stop()
            }
        }
        let cluster = try #require(kept)
        await #expect(throws: KafkaError.self) { try await cluster.brokerDown() }
    }

    @Test func shutdownTwiceAndAtOnce() async throws {
        let cluster = try await MockCluster(brokers: 2, topics: ["t": 1])
        await withTaskGroup { group in
            for _ in 0..<4 { group.addTask { await cluster.shutdown() } }
        }
        await cluster.shutdown()
        for call in [
            { try await cluster.createTopic("u", partitions: 1) },
            { try await cluster.failNext(with: .notEnoughReplicas) },
            { try await cluster.clearFaults() },
            { try await cluster.delayNext(by: .seconds(1)) },
            { try await cluster.brokerUp() },
            { try await cluster.setRoundTripTime(.zero) },
            { try await cluster.moveLeader(topic: "t", partition: 0, to: 1) },
            { try await cluster.failTopic("t", with: .unknownTopicOrPartition) },
            { _ = try await cluster.records(in: "t") },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: KafkaError.self) { try await call() }
            #expect(error?.code == .closed)
        }
    }

    @Test func shutdownInACancelledTask() async throws {
        let cluster = try await MockCluster(brokers: 1)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            await cluster.shutdown()
        }
        task.cancel()
        await task.value
        let error = await #expect(throws: KafkaError.self) { try await cluster.brokerUp() }
        #expect(error?.code == .closed)
    }
}

/// In a process of their own, where no other test starts or ends threads.
@Suite(
    .timeLimit(.minutes(1)),
    .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/task"), "it reads /proc")
)
struct MockClusterThreadTests {
    @Test func shutdownLeavesNoThread() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 3, topics: ["t": 3]) { cluster in
                #expect(try ThreadList.librdkafka() > 0)
                _ = try await cluster.records(in: "t")
            }
            try await eventually("no thread of librdkafka") { try ThreadList.librdkafka() == 0 }
        }
    }

    @Test func droppingTheLastReferenceLeavesNoThread() async {
        await #expect(processExitsWith: .success) {
            var cluster: MockCluster? = try await MockCluster(brokers: 3, topics: ["t": 3])
            #expect(cluster?.bootstrapServers.count == 3)
            #expect(try ThreadList.librdkafka() > 0)
            cluster = nil
            try await eventually("no thread of librdkafka") { try ThreadList.librdkafka() == 0 }
        }
    }
}

/// The threads of this process, as the kernel lists them.
enum ThreadList {
    /// How many are librdkafka's or the kit's.
    static func librdkafka() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { id in
            // A thread may end between the listing and the look.
            let name = (try? String(contentsOfFile: "/proc/self/task/\(id)/comm", encoding: .utf8)) ?? ""
            return name.hasPrefix("rdk:") || name.hasPrefix("mock-")
        }
    }
}
