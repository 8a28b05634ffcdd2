// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Synchronization
import Testing

@testable import GracefulService

@Suite(.timeLimit(.minutes(2)))
struct ServiceTests {
    private let folder = TestFolder()
    private var spool: String { folder.path("spool") }
    private let topics = ["orders": 1, "orders.dead-letter": 1]

    @Test func everyLineIsDeliveredAndAnswered() async throws {
        try await withMockCluster(topics: topics) { cluster in
            let service = TestService(cluster, spool: spool)
            let lines = (1...1_000).map { "order \($0)" }
            let isSafe = try await service.run(lines)
            #expect(isSafe)
            #expect(service.answers == (1...1_000).map { "\($0) delivered" }.sorted())
            #expect(try await cluster.records(in: "orders").map(\.valueText) == lines)
        }
    }

    @Test func aFailureThatMayPassIsRetried() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let service = TestService(cluster, spool: spool, timeout: .seconds(1), attempts: 1_000)
            try await cluster.brokerDown()
            async let isSafe = service.run(["x"])
            try await eventually("it was sent again") {
                service.service.ledger.withLock { $0.open.values.contains { $0.attempts >= 2 } }
            }
            try await cluster.brokerUp()
            let result = try await isSafe
            #expect(result)
            #expect(service.answers == ["1 delivered"])
            #expect(try await cluster.records(in: "orders").count == 1)
        }
    }

    @Test func afterTheLastAttemptItIsInTheSpool() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let service = TestService(cluster, spool: spool, timeout: .seconds(1), attempts: 2)
            try await cluster.brokerDown()
            #expect(try await service.run(["x"]))
            #expect(service.answers == ["1 spooled"])
            #expect(try await Spool(path: spool).load().map(\.text) == ["x"])
        }
    }

    @Test func whatABrokerRefusesIsADeadLetterThatSaysWhy() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            try await cluster.failNext(.produce, with: .policyViolation)
            let service = TestService(cluster, spool: spool)
            #expect(try await service.run(["x"]))
            #expect(service.answers == ["1 dead-lettered"])
            let letters = try await cluster.records(in: "orders.dead-letter")
            let letter = try #require(letters.first)
            #expect(letter.valueText == "x")
            #expect(letter.headers == [.init("original-topic", "orders"), .init("error", "POLICY_VIOLATION")])
            #expect(try await cluster.records(in: "orders").isEmpty)
        }
    }

    @Test func aDeadLetterThatIsRefusedTooIsInTheSpool() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            try await cluster.failNext(.produce, with: .policyViolation, count: 2)
            let service = TestService(cluster, spool: spool)
            #expect(try await service.run(["x"]))
            #expect(service.answers == ["1 spooled"])
            #expect(try await Spool(path: spool).load().map(\.text) == ["x"])
        }
    }

    @Test func aLineThatIsTooLargeIsNotLost() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let service = TestService(cluster, spool: spool)
            let isSafe = try await service.run([String(repeating: "x", count: 2_000_000)])
            #expect(isSafe)
            #expect(service.answers == ["1 spooled"])
        }
    }

    @Test func afterAFatalErrorANewProducerSendsWhatIsOpen() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            // What a broker says to a client that may not write idempotently: fatal for the producer.
            try await cluster.failNext(.initProducerId, with: .clusterAuthorizationFailed)
            let service = TestService(cluster, spool: spool)
            let lines = (1...100).map { "order \($0)" }
            let isSafe = try await service.run(lines)
            #expect(isSafe)
            #expect(service.log.contains { $0.contains("restarting") })
            #expect(service.answers == (1...100).map { "\($0) delivered" }.sorted())
            #expect(try await cluster.records(in: "orders").compactMap(\.valueText).sorted() == lines.sorted())
        }
    }

    @Test(arguments: [(errors: 1, isNoticed: false), (errors: 2, isNoticed: true)])
    func aProducerThatRecoversIsReplacedBeyondItsLimitOnly(errors: Int, isNoticed: Bool) async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            try await cluster.failNext(.initProducerId, with: .clusterAuthorizationFailed, count: errors)
            let service = TestService(cluster, spool: spool, recovery: .restart(limit: 1, within: .seconds(60)))
            let lines = (1...100).map { "order \($0)" }
            let isSafe = try await service.run(lines)
            #expect(isSafe)
            #expect(service.log.contains { $0.contains("restarting") } == isNoticed)
            #expect(try await cluster.records(in: "orders").compactMap(\.valueText).sorted() == lines.sorted())
        }
    }

    @Test func aStopWithBrokersDownSpoolsTheRestAndTheNextStartSendsIt() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let first = TestService(cluster, spool: spool)
            try await cluster.brokerDown()
            async let isSafe = first.run((1...100).map { "order \($0)" })
            try await eventually("all were taken") { first.service.ledger.withLock { $0.lines == 100 } }
            let start = ContinuousClock.now
            first.service.stop.open()
            let result = try await isSafe
            #expect(result)
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(first.answers == (1...100).map { "\($0) spooled" }.sorted())

            try await cluster.brokerUp()
            let second = TestService(cluster, spool: spool)
            #expect(try await second.run(["order 101"]))
            let values = try await cluster.records(in: "orders").compactMap(\.valueText)
            #expect(Set(values) == Set((1...101).map { "order \($0)" }))
            #expect(!FileManager.default.fileExists(atPath: spool))
        }
    }

    @Test func whatCouldNotBeReplayedStaysInTheSpool() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            try await Spool(path: spool).append([.init(text: "old 1"), .init(text: "old 2")])
            try await cluster.brokerDown()
            let service = TestService(cluster, spool: spool)
            async let isSafe = service.run(["new"])
            try await eventually("it was taken") { service.service.ledger.withLock { $0.lines == 1 } }
            service.service.stop.open()
            let result = try await isSafe
            #expect(result)
            #expect(try await Spool(path: spool).load().map(\.text) == ["old 1", "old 2", "new"])
        }
    }

    @Test func aSpoolThatCannotBeWrittenIsSaidAndNotAccepted() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let service = TestService(cluster, spool: folder.path("no such folder/spool"))
            try await cluster.brokerDown()
            async let isSafe = service.run(["x"])
            try await eventually("it was taken") { service.service.ledger.withLock { $0.lines == 1 } }
            service.service.stop.open()
            let result = try await isSafe
            #expect(!result)
            #expect(service.answers == ["1 not accepted"])
        }
    }

    @Test func aDiskThatIsFullStopsTheInputBeforeTheMemoryIs() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let service = TestService(
                cluster,
                spool: folder.path("no such folder/spool"),
                timeout: .seconds(1),
                attempts: 1,
                maximumForSpool: 10
            )
            try await cluster.brokerDown()
            // An input without an end, in which the failures of the first lines come before all others are read.
            let number = Atomic(0)
            let lines = Lines {
                let line = number.add(1, ordering: .relaxed).newValue
                if line > 10 { Thread.sleep(forTimeInterval: 0.05) }
                return "order \(line)"
            }
            async let isSafe = service.service.run(lines)
            try await eventually("nothing is in flight any more, and no line is taken") {
                service.service.ledger.withLock { $0.forSpool.count >= 10 && $0.forSpool.count == $0.open.count }
            }
            #expect(service.log.contains { $0.contains("the spool cannot be written") })
            service.service.stop.open()
            let result = try await isSafe
            #expect(!result)
            #expect(service.answers.allSatisfy { $0.hasSuffix("not accepted") })
        }
    }
}
