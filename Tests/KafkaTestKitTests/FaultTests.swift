// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    @Test(arguments: [KafkaError.Code.closed, .messageTimedOut, .init(rawValue: 0), .init(rawValue: 40_000)])
    func refusesAnErrorThatNoBrokerCanGive(code: KafkaError.Code) async throws {
        try await withMockCluster(brokers: 1) { cluster in
            for call in [
                { try await cluster.failNext(with: code) },
                { try await cluster.failNext(with: [code]) },
                { try await cluster.delayNext(by: .seconds(1), with: code) },
                { try await cluster.failTopic("t", with: code) },
            ] as [@Sendable () async throws -> Void] {
                let error = await #expect(throws: KafkaError.self) { try await call() }
                #expect(error?.code == .invalidConfiguration)
            }
        }
    }

    @Test func refusesBrokersAndPartitionsThatDoNotExist() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 1]) { cluster in
            for call in [
                { try await cluster.brokerDown(3) },
                { try await cluster.brokerUp(-1) },
                { try await cluster.setRoundTripTime(.seconds(1), broker: 9) },
                { try await cluster.delayNext(by: .seconds(1), on: 3) },
                { try await cluster.failNext(with: .notEnoughReplicas, on: 0) },
                { try await cluster.failNext(with: .notEnoughReplicas, count: -1) },
                { try await cluster.moveLeader(topic: "t", partition: 1, to: 1) },
                { try await cluster.moveLeader(topic: "t", partition: -1, to: 1) },
                { try await cluster.moveLeader(topic: "t", partition: .max, to: 1) },
                { try await cluster.moveLeader(topic: "t", partition: 0, to: 3) },
                { try await cluster.moveLeader(topic: "", partition: 0, to: 1) },
            ] as [@Sendable () async throws -> Void] {
                await #expect(throws: KafkaError.self) { try await call() }
            }
        }
    }

    @Test(.needsKcat) func partitionsAndLeadersAreAsAsked() async throws {
        try await withMockCluster(brokers: 3, topics: ["t": 5, "u": 1]) { cluster in
            try await cluster.moveLeader(topic: "u", partition: 0, to: 2)
            var list = try await Kcat.run(["-L", "-b", cluster.bootstrapServers[2]]).output
            #expect(list.contains("3 brokers:"))
            #expect(list.contains(#"topic "t" with 5 partitions:"#))
            #expect(list.contains(#"topic "u" with 1 partitions:"# + "\n    partition 0, leader 2"))
            try await cluster.moveLeader(topic: "u", partition: 0, to: nil)
            list = try await Kcat.run(["-L", "-b", cluster.bootstrapServers[2], "-t", "u"]).output
            #expect(list.contains("partition 0, leader -1"))
        }
    }

    /// The mock clusters of some versions of librdkafka crash the process at the first request, unless they are kept from it.
    @Test func whatIsSentToAPartitionWithoutALeaderWaitsForOne() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 1]) { cluster in
            let producer = try await AsyncProducer(.init(bootstrapServers: cluster.bootstrapServers))
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.moveLeader(topic: "t", partition: 0, to: nil)
            let late = try await producer.submit(ProducerMessage(topic: "t", value: "late"))
            try await Task.sleep(for: .milliseconds(200))
            try await cluster.moveLeader(topic: "t", partition: 0, to: 2)
            _ = try await late.outcome
            try await producer.close()
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["first", "late"])
        }
    }

    @Test(.needsKcat, .enabled(if: MockCluster.canFailTopics)) func aTopicErrorIsSeenAndEnds() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let arguments = ["-L", "-b", cluster.bootstrapServers[0], "-t", "t"]
            try await cluster.failTopic("t", with: .topicAuthorizationFailed)
            #expect(try await Kcat.run(arguments).output.contains("Topic authorization failed"))
            try await cluster.restoreTopic("t")
            #expect(try await !Kcat.run(arguments).output.contains("authorization"))
        }
    }

    @Test(
        .needsKcat,
        arguments: [
            [KafkaError.Code.notLeaderOrFollower], [.notEnoughReplicas, .kafkaStorageError, .notLeaderOrFollower],
            [.transport],
        ]
    )
    func aRetriableErrorIsRetried(errors: [KafkaError.Code]) async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.failNext(with: errors)
            let result = try await produce("v", to: cluster)
            #expect(result.status == 0, "\(result.errors)")
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.valueText) == ["v"], "\(result.errors)")
        }
    }

    @Test(.needsKcat) func aPermanentErrorFailsOnceAndWritesNothing() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.failNext(with: .messageTooLarge)
            let failed = try await produce("a", to: cluster)
            #expect(failed.status != 0)
            #expect(failed.errors.contains("Message size too large"))
            #expect(try await produce("b", to: cluster).status == 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["b"])
        }
    }

    @Test(.needsKcat) func clearedFaultsAreNotMet() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.failNext(with: .messageTooLarge, count: 5)
            try await cluster.clearFaults()
            try await cluster.failNext(.fetch, with: .unknownTopicOrPartition, count: 5)
            try await cluster.clearFaults(.fetch)
            #expect(try await produce("v", to: cluster).status == 0)
            #expect(try await cluster.records(in: "t").count == 1)
        }
    }

    @Test(.needsKcat) func aDelayedAnswerComesLateButTheRecordIsWritten() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.delayNext(by: .seconds(100))
            #expect(try await produce("v", to: cluster, ["-X", "message.timeout.ms=1000"]).status != 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["v"])
        }
    }

    @Test(.needsKcat) func afterADelayOnlyABrokersOwnFaultsCount() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.delayNext(by: .milliseconds(1))
            #expect(try await produce("a", to: cluster).status == 0)
            // librdkafka would take the error and never give it to anyone.
            let error = await #expect(throws: KafkaError.self) { try await cluster.failNext(with: .messageTooLarge) }
            #expect(error?.code == .invalidConfiguration)
            try await cluster.failNext(with: .messageTooLarge, on: 1)
            #expect(try await produce("b", to: cluster).status != 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["a"])
        }
    }

    @Test(.needsKcat) func everyAnswerIsLateUntilTheRoundTripTimeIsReset() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.setRoundTripTime(.milliseconds(200))
            let start = ContinuousClock.now
            #expect(try await produce("v", to: cluster).status == 0)
            // At least: API versions, metadata, produce.
            #expect(ContinuousClock.now - start >= .milliseconds(600))
            try await cluster.setRoundTripTime(.zero, broker: 1)
            #expect(try await cluster.records(in: "t").count == 1)
        }
    }

    @Test(.needsKcat, arguments: [nil, 1] as [Int32?])
    func nothingGetsThroughWhileABrokerIsDown(broker: Int32?) async throws {
        try await withMockCluster(brokers: broker == nil ? 3 : 1, topics: ["t": 1]) { cluster in
            try await cluster.brokerDown(broker)
            #expect(try await produce("a", to: cluster, ["-X", "message.timeout.ms=500"]).status != 0)
            try await cluster.brokerUp(broker)
            #expect(try await produce("b", to: cluster).status == 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["b"])
        }
    }

    /// `-E`: broken connections are what the test wants, not a reason to give up.
    private func produce(
        _ value: String,
        to cluster: MockCluster,
        _ arguments: [String] = []
    ) async throws -> Kcat.Result {
        let brokers = cluster.bootstrapServers.joined(separator: ",")
        return try await Kcat.run(["-P", "-E", "-b", brokers, "-t", "t"] + arguments, input: value + "\n")
    }
}
