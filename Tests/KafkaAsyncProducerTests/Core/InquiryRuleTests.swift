// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer
@testable import RDKafka

/// What is asked of brokers, and what becomes of their answers.
@Suite(.timeLimit(.minutes(2))) struct InquiryRuleTests {
    private func reply(_ ids: [Int32], leaders: [Int32] = [], code: ResponseCode = .noError) -> MetadataReply {
        MetadataReply(
            sourceID: 1,
            sourceName: "one",
            controllerID: 1,
            clusterID: nil,
            brokers: [],
            topics: [
                MetadataReply.Topic(
                    name: "t",
                    code: code,
                    partitions: ids.map { id in
                        let leader = leaders.indices.contains(Int(id)) ? leaders[Int(id)] : 1
                        return MetadataReply.Partition(
                            id: id,
                            code: .noError,
                            leader: leader,
                            replicas: [leader],
                            inSyncReplicas: [leader]
                        )
                    }
                )
            ]
        )
    }

    private func makeState() throws -> ProducerState {
        let configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
        let settings = try CoreSettings(configuration, configuration.makeProperties())
        var state = ProducerState(configuration: configuration, settings: settings, producer: 1)
        var effects = Effects()
        state.insertTopic("t", settings.standard, &effects)
        return state
    }

    /// A number that no sound broker gives costs nothing, and is no partition.
    @Test func aPartitionOfANumberBeyondAllIsNone() throws {
        var state = try makeState()
        var drops: [Drop] = []
        state.learn(reply([0, 1, .max, -1]), at: 0, &drops)
        #expect(state.topics[0].queues.count == 4)
        #expect(state.queues.count == 5)
    }

    /// A batch is stuck in a partition that is gone meanwhile: nobody would ever answer for it.
    @Test func aPartitionThatIsGoneWaitsForNoLeader() throws {
        var state = try makeState()
        var drops: [Drop] = []
        state.learn(reply([0, 1]), at: 0, &drops)
        let gone = try #require(state.topics[0].queues.last)
        state.learn(reply([0]), at: 1, &drops)
        state.quarantine(gone)
        var wakesAt = Int64.max
        let probes = state.takeProbes(Uptime.now, &wakesAt)
        #expect(probes.isEmpty)
        #expect(wakesAt == .max)
    }

    /// Made again with fewer: what waits for a partition that is gone, or comes back to it, fails and goes nowhere else.
    @Test func whatWaitsForAPartitionThatIsGoneFails() throws {
        var state = try makeState()
        var drops: [Drop] = []
        state.learn(reply([0, 1, 2]), at: 0, &drops)
        _ = state.unpark(&drops)
        let message = ProducerMessage(topic: "t", partition: 2, value: "x")
        _ = state.admit(Submission(message: message))
        state.closeChunks()
        var work: [Work] = []
        _ = state.takeWork(Uptime.now, mayHandOver: true, &work, &drops)
        let item = try #require(work.first)
        _ = state.admit(Submission(message: message))
        #expect(drops.isEmpty)
        state.learn(reply([0, 1]), at: 1, &drops)
        #expect(drops.count == 1)
        // Certainly not stored, and its client has given way.
        state.take(ProducerState.Return(unsent: item))
        work = []
        _ = state.takeWork(Uptime.now, mayHandOver: true, &work, &drops)
        #expect(work.isEmpty && drops.count == 2)
        for drop in drops {
            guard case .refused(let error) = drop.cause else {
                Issue.record("dropped as \(drop.cause)")
                continue
            }
            #expect(error.code == .unknownPartition)
        }
        // Sent to it from now on, and to one that is there.
        guard case .futile(let error) = state.admit(Submission(message: message)) else {
            Issue.record("accepted for a partition that is gone")
            return
        }
        #expect(error.code == .unknownPartition)
        let isEmpty = state.queues.allSatisfy { $0.isEmpty }
        #expect(isEmpty)
    }

    /// A leader that answers is asked for one of its partitions; who else goes on depends on who leads them by then.
    @Test func partitionsOfALeaderThatAnsweredGoOn() throws {
        var state = try makeState()
        var drops: [Drop] = []
        state.learn(reply([0, 1, 2], leaders: [1, 1, 1]), at: 0, &drops)
        for queue in state.topics[0].queues { state.quarantine(queue) }
        func isWaiting() -> [Bool] { state.topics[0].queues.map { state.queues[$0].isQuarantined } }
        var wakesAt = Int64.max
        let probes = state.takeProbes(Uptime.now, &wakesAt)
        #expect(probes.count == 1)
        let asked = try #require(probes.first)
        var effects = Effects()
        state.release([asked.queue], &effects)
        // The one that was asked has moved to 2, and one with it.
        let count = isWaiting().count { $0 }
        #expect(count == 2)
        let others = (0..<Int32(3)).filter { $0 != asked.partition }
        var leaders: [Int32] = [2, 2, 2]
        leaders[Int(others[0])] = 1
        state.learn(reply([0, 1, 2], leaders: leaders), at: 1, &drops)
        #expect(isWaiting().enumerated().filter(\.element).map { Int32($0.offset) } == [others[0]])
        // Nor is anything to be waited for in a topic that is not there.
        state.learn(reply([], code: ResponseCode(rawValue: 3)), at: 2, &drops)
        #expect(!isWaiting().contains(true))
        effects.run()
    }

    /// What programs ask for with all the time in the world, of a broker that does not answer, keeps nobody from his messages.
    @Test func questionsWithMuchTimeHoldUpNoMessage() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 2, "late": 2]) { cluster in
            // librdkafka asks the broker that it used last, the silent one perhaps, until it gives the connection up.
            let producer = try await makeProducer(cluster) { $0.librdkafka["socket.timeout.ms"] = "10000" }
            // Both are connected.
            for partition in 0..<Int32(2) {
                try await cluster.moveLeader(topic: "t", partition: partition, to: partition + 1)
                _ = try await producer.deliver(ProducerMessage(topic: "t", partition: partition, value: "first"))
            }
            for partition in 0..<Int32(2) { try await cluster.moveLeader(topic: "late", partition: partition, to: 2) }
            try await cluster.setRoundTripTime(.seconds(100), broker: 1)
            let questions = (0..<8).map { number in
                Task { try? await producer.metadata(for: Topic("other-\(number)"), timeout: .seconds(90)) }
            }
            // One that was put to the silent broker.
            try await eventually("somebody waits") {
                producer.core.metadata.isRunning
            }
            try await Task.sleep(for: .milliseconds(500))
            let start = ContinuousClock.now
            _ = try await producer.deliver(ProducerMessage(topic: "late", value: "x"))
            #expect(ContinuousClock.now - start < .seconds(40))
            for question in questions { question.cancel() }
            for question in questions { _ = await question.value }
            try await cluster.setRoundTripTime(.zero, broker: 1)
            try await producer.close()
            expectSettled(producer, accepted: 3)
        }
    }
}
