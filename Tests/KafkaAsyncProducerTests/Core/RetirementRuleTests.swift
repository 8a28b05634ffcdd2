// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import ProcessSupport
import RDKafka
import Testing

@testable import KafkaAsyncProducer

/// Clients that give way to others: how often, for whom, and what they leave behind.
@Suite(.timeLimit(.minutes(2))) struct RetirementRuleTests {
    /// An abort now and then does not put off the end of what an earlier one dropped.
    @Test func abortsOneAfterTheOtherComeToAnEnd() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            // Under way, and without an answer.
            try await cluster.setRoundTripTime(.seconds(60))
            let requests = try #require(producer.core.metadata.client).requests
            let sent = requests.total([])
            for _ in 0..<10 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            try await eventually("the request is sent") { requests.total([]) > sent }
            let end = ContinuousClock.now + .seconds(5)
            while producer.statistics.failed < 10, ContinuousClock.now < end {
                producer.abort()
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(producer.statistics.failed == 10)
            _ = try? await producer.close(deadline: .zero)
            expectSettled(producer, accepted: 11)
        }
    }

    /// The system has no thread for another client for a while: what is sent meanwhile waits, and it is said once.
    @Test(.enabled(if: shortage_can_be_made() != 0, "nothing can be refused here"))
    func aClientThatCannotBeMadeIsTriedAgain() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let (lines, line) = AsyncStream.makeStream(of: String.self)
                let producer = try await makeProducer(cluster) {
                    $0.logHandler = { if $0.facility == "SUCCESSOR" { line.yield($0.message) } }
                }
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
                try await cluster.setRoundTripTime(.seconds(60))
                try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                try await eventually("it is under way") { String(reflecting: producer).contains("1 under way") }
                threads_allow(0)
                producer.abort()
                try await eventually("it is dropped") { producer.statistics.failed == 1 }
                for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "waits")) }
                // Tried after one second and after two more.
                try await eventually("it was tried again") { threads_refused() >= 2 }
                expectOrExit(producer.statistics.inFlight == 100, "\(producer.statistics)")
                threads_allow(-1)
                try await cluster.setRoundTripTime(.zero)
                try await cluster.brokerDown()
                try await cluster.brokerUp()
                try await producer.flush(deadline: .seconds(60))
                expectOrExit(producer.statistics.succeeded == 101, "\(producer.statistics)")
                _ = try? await producer.close()
                line.finish()
                let count = await lines.reduce(into: 0) { count, _ in count += 1 }
                expectOrExit(count == 1, "it was said \(count) times")
            }
        }
    }

    /// Nobody sends any more, and all was dropped: another client would have nothing to do.
    @Test(arguments: ["abort", "time-out"]) func aClosingProducerMakesNoClient(cause: String) async {
        await #expect(processExitsWith: .success) { [cause = cause as String] in
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let producer = try await makeProducer(cluster) { $0.delivery.timeout = .seconds(2) }
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
                try await cluster.setRoundTripTime(.seconds(60))
                try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                try await eventually("it is under way") { String(reflecting: producer).contains("1 under way") }
                producer.asyncClose()
                if cause == "abort" { producer.abort() }
                expectOrExit(await collectErrors(producer).count == 1, "\(producer.statistics)")
                expectOrExit(producer.statistics.retiredClients <= 1, "\(producer.statistics)")
                // librdkafka numbers its clients.
                let next = try await makeProducer(cluster)
                func number(_ name: String) -> Int { name.split(separator: "-").last.flatMap { Int($0) } ?? -1 }
                expectOrExit(number(next.name) == number(producer.name) + 1, "\(producer.name), then \(next.name)")
                try await next.close()
            }
        }
    }

    /// librdkafka may look at what it has not given back until it is gone: the budget counts it for as long.
    @Test func whatAClientHasNotGivenBackIsCountedUntilItIsGone() async {
        await #expect(processExitsWith: .success) {
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let producer = try await makeProducer(cluster) {
                    $0.librdkafka["broker.address.ttl"] = "0"
                    $0.buffering.maximumBytes = 1 << 20
                }
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
                try await cluster.setRoundTripTime(.seconds(60))
                let value = [UInt8](repeating: 1, count: 100_000)
                for _ in 0..<3 { try await producer.input.send(ProducerMessage(topic: "t", value: value)) }
                try await eventually("it is under way") { String(reflecting: producer).contains("1 under way") }
                resolver_hold()
                try await cluster.brokerDown()
                try await eventually("a broker thread waits for a name") { resolver_held_count() > 0 }
                producer.abort()
                try await eventually("they are dropped") { producer.statistics.failed == 3 }
                func leftBehind() -> Int { producer.core.withState { $0.budget.leftBehind } }
                // Newer librdkafkas give back what was under way before they look the name up.
                if AsyncProducer.librdkafkaVersion.hasPrefix("2.0.") {
                    // As much as was under way; the rest was still ours.
                    expectOrExit(leftBehind() > 100_000, "\(leftBehind()) bytes are counted")
                    expectOrExit(producer.statistics.bufferedBytes == 0, "\(producer.statistics)")
                }
                resolver_release()
                try await cluster.setRoundTripTime(.zero)
                try await cluster.brokerUp()
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "after"))
                try await eventually("the client is gone") { leftBehind() == 0 }
                expectOrExit(producer.core.withState { $0.budget.bytes } == 0, "something is counted for ever")
                _ = try? await producer.close()
            }
        }
    }
}
