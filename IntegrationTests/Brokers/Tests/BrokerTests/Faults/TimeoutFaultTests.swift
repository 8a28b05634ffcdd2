// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// Messages run out of their time, or are dropped, while the answers to others are lost: what was delivered is in the log
/// once, what was certainly not persisted is not in it, and nothing takes longer than its time.
@Suite(.timeLimit(.minutes(15)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct TimeoutFaultTests {
    private static let timeout = Duration.seconds(3)
    /// `KAFKA_TIMEOUT_ROUNDS`; 20 is the figure in the documentation.
    private static let rounds =
        ProcessInfo.processInfo.environment["KAFKA_TIMEOUT_ROUNDS"].flatMap { Int($0) } ?? 4

    /// The smallest case. One partition's messages expire while a batch of another partition, written, waits for its
    /// retry because the answer was lost: the retry must not write it again.
    @Test func aTimeOutDoesNotCopyWhatIsUnderWayElsewhere() async throws {
        let current = try #require(FaultCluster.current)
        let topic = "faults-\(UUID().uuidString.prefix(8).lowercased())"
        try await Topics(on: current.servers).create(topic, partitions: 6)
        // On a busy machine a broker may be there too late to lead any of them: two that do.
        try await current.waitUntilInSync(topic)
        let partitions = try await Topics(on: current.servers).state(of: topic).partitions
        let first = try #require(partitions.first { $0.leader > 0 })
        let other = try #require(partitions.first { $0.leader > 0 && $0.leader != first.leader })
        let (lost, away) = (first.partition, other.partition)
        let lostProxy = current.proxies[Int(first.leader) - 1]
        let awayProxy = current.proxies[Int(other.leader) - 1]
        let producer = try await makeProducer(current.proxiedServers) {
            $0.returns.successes = .always
            $0.delivery.timeout = Self.timeout
            $0.librdkafka["reconnect.backoff.max.ms"] = "200"
        }
        let journal = Journal(capacity: 100)
        let readers = [
            Task { for await batch in producer.successes.batches { journal.record(batch) } },
            Task { for await error in producer.errors { journal.record(error) } },
        ]
        var sent = 0
        func send(_ count: Int, to partition: Int32) async throws {
            for _ in 0..<count {
                journal.begin(sent)
                try await producer.input.send(
                    ProducerMessage(topic: Topic(topic), partition: partition, key: "\(sent)", value: "x")
                )
                sent += 1
            }
        }
        try await send(1, to: lost)
        try await send(1, to: away)
        try await producer.flush()
        // What goes to the one broker waits, and its time runs.
        awayProxy.behave { $0.refuses = true }
        awayProxy.cut(isReset: true)
        try await send(10, to: away)
        try await Task.sleep(for: Self.timeout - .seconds(1))
        // What goes to the other is written, and its answer is lost.
        lostProxy.behave { $0.losesAnswers = true }
        try await send(10, to: lost)
        try await eventually("it is written") {
            try await LogRecord.all(of: topic, on: current.servers).count { $0.partition == lost } == 11
        }
        lostProxy.behave {
            $0.losesAnswers = false
            $0.refuses = true
        }
        lostProxy.cut(isReset: true)
        try await eventually("the time of the first is over") { producer.statistics.failed >= 10 }
        for proxy in current.proxies { proxy.behave { $0.refuses = false } }
        try await producer.close()
        for reader in readers { await reader.value }
        let findings = try await Findings.compare(journal, accepted: sent, topic: topic, on: current.servers)
        print("fault \(Test.current?.name ?? ""): \(findings)")
        findings.expectTrueVerdicts()
        #expect(findings.slowest < Self.timeout + .seconds(1), "\(findings)")
        expectSettled(producer, accepted: sent)
    }

    /// The same under load: one broker away for longer than the time-out, the connections to another cut with answers
    /// under way.
    @Test func oneBrokerIsAwayAndTheConnectionsToAnotherAreCut() async throws {
        let findings = try await underLoad(isProxied: true) {
            $0.delivery.timeout = Self.timeout
        } _: { current, load, _ in
            for round in 0..<Self.rounds {
                let away = current.proxies[round % 3]
                let cut = current.proxies[(round + 1) % 3]
                away.behave { $0.refuses = true }
                away.cut(isReset: true)
                let end = ContinuousClock.now + Self.timeout + .seconds(2)
                while ContinuousClock.now < end {
                    try await loseAnswers(of: cut)
                    try await Task.sleep(for: .milliseconds(Int.random(in: 100...700)))
                }
                away.behave { $0.refuses = false }
                let before = load.delivered
                try await eventually("all deliver again") { load.delivered > before + 2_000 }
            }
        }
        findings.expectTrueVerdicts()
        #expect(findings.slowest < Self.timeout + .seconds(1), "\(findings)")
        // One batch of each of the two partitions of the broker that is away, and of those whose answers are lost.
        #expect(findings.possiblyPersisted <= findings.accepted / 10, "\(findings)")
    }

    /// Nobody can tell what a broker that stops has written of what was dropped then: but what is called certain is so.
    @Test func messagesAreDroppedWhileBrokersRestart() async throws {
        let findings = try await underLoad { current, load, topic in
            let aborts = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 100...900)))
                    load.producer.abort()
                }
            }
            for _ in 0..<max(1, Self.rounds / 4) {
                for broker in current.cluster.brokers {
                    try await broker.stop()
                    try broker.start()
                    try await current.waitUntilInSync(topic)
                }
            }
            aborts.cancel()
            _ = await aborts.result
        }
        findings.expectTrueVerdicts()
        // The fault is one.
        #expect(findings.notPersisted > 0, "\(findings)")
    }

    /// The smallest case: what was sent, never written, and waits for its retry is dropped, and nothing else is under way.
    /// The producer goes on: the next message must not seem to the broker to come after a gap.
    @Test func anAbortWhileTheConnectionIsCutLeavesAProducerThatGoesOn() async throws {
        let current = try #require(FaultCluster.current)
        let topic = "faults-\(UUID().uuidString.prefix(8).lowercased())"
        try await Topics(on: current.servers).create(topic, partitions: 1)
        let producer = try await makeProducer(current.proxiedServers) {
            $0.librdkafka["reconnect.backoff.max.ms"] = "200"
        }
        func message(_ text: String) -> ProducerMessage { ProducerMessage(topic: Topic(topic), value: text) }
        _ = try await producer.deliver(message("first"))
        for round in 1...3 {
            for proxy in current.proxies { proxy.behave { $0.isFrozen = true } }
            for _ in 0..<10 { try await producer.input.send(message("dropped")) }
            // Sent, and under way for ever.
            try await Task.sleep(for: .milliseconds(200))
            for proxy in current.proxies {
                proxy.cut(isReset: true)
                proxy.behave {
                    $0.isFrozen = false
                    $0.refuses = true
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            producer.abort()
            try await eventually("they are dropped") { producer.statistics.failed == 10 * round }
            for proxy in current.proxies { proxy.behave { $0.refuses = false } }
            _ = try await producer.deliver(message("after"))
            #expect(producer.fatalError == nil)
        }
        _ = try? await producer.close()
        let values = try await LogRecord.all(of: topic, on: current.servers).compactMap(\.payload)
        #expect(values.filter { $0 != "dropped" } == ["first", "after", "after", "after"])
        expectSettled(producer, accepted: 34)
    }

    /// The same under load.
    @Test func messagesAreDroppedWhileConnectionsAreCut() async throws {
        let findings = try await underLoad(isProxied: true) { current, load, _ in
            for round in 0..<Self.rounds * 3 {
                let proxy = current.proxies[round % 3]
                // What was sent waits for its retry when it is dropped: written and not answered, or never written.
                let isWritten = round.isMultiple(of: 2)
                proxy.behave {
                    $0.losesAnswers = isWritten
                    $0.isFrozen = !isWritten
                }
                try await Task.sleep(for: .milliseconds(100))
                proxy.cut(isReset: true)
                proxy.behave {
                    $0.losesAnswers = false
                    $0.isFrozen = false
                    $0.refuses = true
                }
                try await Task.sleep(for: .milliseconds(50))
                load.producer.abort()
                proxy.behave { $0.refuses = false }
                let before = load.delivered
                try await eventually("messages are delivered") {
                    load.delivered > before + 1_000 || load.producer.fatalError != nil
                }
            }
        }
        findings.expectTrueVerdicts()
    }

    /// A batch that the broker refuses for good makes librdkafka take a new epoch, too, and what waits for a retry then
    /// may be written twice. Nobody above it can prevent that: how often it happens is printed, for the documentation.
    @Test func refusalsWhileConnectionsAreCut() async throws {
        let findings = try await underLoad(isProxied: true, settings: ["max.message.bytes": "200000"]) {
            $0.delivery.timeout = .seconds(60)
            $0.batching.maximumBytes = 100_000
        } _: { current, load, topic in
            for round in 0..<Self.rounds * 3 {
                let large = ProducerMessage(topic: Topic(topic), value: [UInt8](repeating: 1, count: 500_000))
                let refused = Task { try await load.deliverAnother(large) }
                try await loseAnswers(of: current.proxies[round % 3])
                let error = await #expect(throws: ProducerError.self) { try await refused.value }
                #expect(error?.error.code == .messageTooLarge)
                try await Task.sleep(for: .milliseconds(500))
            }
        }
        findings.expectTrueVerdicts(mayCopyDelivered: true)
        print("refusals: \(findings.deliveredTwice) of \(findings.delivered) delivered messages are in the log twice")
    }

    /// Requests pass, answers do not, and then the connection breaks.
    private func loseAnswers(of proxy: TCPProxy) async throws {
        proxy.behave { $0.losesAnswers = true }
        try await Task.sleep(for: .milliseconds(Int.random(in: 20...150)))
        proxy.cut(isReset: true)
        proxy.behave { $0.losesAnswers = false }
    }
}
