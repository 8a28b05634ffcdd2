// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// One time for a message from its acceptance to its outcome, wherever it waits.
@Suite(.timeLimit(.minutes(1))) struct TimeRuleTests {
    private static let timeout = Duration.seconds(3)

    enum Place: CaseIterable {
        /// The partitions of its topic are not known: no broker answers.
        case unreachable
        /// The same: the topic is not there, and may come.
        case unknownTopic
        /// A partitioner has been asked and does not come back.
        case partitioner
        /// Nobody leads its partition.
        case leaderless
        /// librdkafka has it, and no answer comes.
        case underWay
        /// It waits for what is under way.
        case behind
        /// Its partition waits for a leader that does not answer.
        case quarantined
    }

    @Test(arguments: Place.allCases) func everyMessageHasItsOutcomeInTime(place: Place) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1, "missing": 1]) { cluster in
            try await cluster.failTopic("missing", with: .unknownTopicOrPartition)
            if place == .unreachable { try await cluster.brokerDown() }
            if place == .leaderless { try await cluster.moveLeader(topic: "t", partition: 0, to: nil) }
            let (ends, end) = AsyncStream.makeStream(of: Void.self)
            let producer = try await makeProducer(cluster) {
                $0.delivery.timeout = Self.timeout
                $0.librdkafka["topic.metadata.propagation.max.ms"] = "60000"
                guard place == .partitioner else { return }
                $0.partitioning = .custom { _, _ in
                    // On a thread of the library's own: it may wait here for as long as it likes.
                    let wait = Blocked()
                    Task {
                        for await _ in ends {}
                        wait.end()
                    }
                    wait.wait()
                    return 0
                }
            }
            let isKnown = [.underWay, .behind, .quarantined].contains(place)
            if isKnown { _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first")) }
            let topic: Topic = place == .unknownTopic ? "missing" : "t"
            let message = ProducerMessage(topic: topic, value: "x")
            var accepted = isKnown ? 2 : 1
            if isKnown { try await cluster.setRoundTripTime(.seconds(60)) }
            if place == .behind || place == .quarantined {
                try await producer.input.send(message)
                accepted += 1
                try await eventually("it is under way") { String(reflecting: producer).contains("1 under way") }
            }
            if place == .quarantined {
                try await eventually("it was stuck") { String(reflecting: producer).contains("for 1 partitions") }
            }
            let start = ContinuousClock.now
            let error = await #expect(throws: ProducerError.self) { _ = try await producer.deliver(message) }
            let time = ContinuousClock.now - start
            end.finish()
            #expect(error?.error.code == .messageTimedOut)
            // Nobody knows what became of what was sent.
            let isSent = place == .underWay || place == .leaderless
            #expect(error?.persistence == .notPersisted || isSent)
            #expect(time > Self.timeout - .seconds(1) && time < Self.timeout + .seconds(1), "\(time)")
            _ = try? await producer.close(deadline: .zero)
            expectSettled(producer, accepted: accepted)
        }
    }
}

/// Blocks a thread until it is told.
private final class Blocked: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func end() { semaphore.signal() }

    func wait() { semaphore.wait() }
}
