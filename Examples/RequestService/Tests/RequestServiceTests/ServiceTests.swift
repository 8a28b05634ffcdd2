// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Synchronization
import Testing

@testable import RequestService

@Suite(.timeLimit(.minutes(1)))
struct ServiceTests {
    private let sockets = Sockets()
    private let log = Log()

    /// Runs a service at a mock cluster while `body` talks to it.
    private func withService(
        heartbeatLimit: Int = 30,
        timeout: Duration = .seconds(20),
        _ body: (Service, MockCluster) async throws -> Void
    ) async throws {
        try await withMockCluster(brokers: 1, topics: ["orders": 6, "heartbeats": 1]) { cluster in
            var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
            configuration.logHandler = { _ in }
            configuration.delivery.timeout = timeout
            let service = try await Service(
                configuration,
                try Listener(path: sockets.requests),
                try Listener(path: sockets.health),
                Options.Serve(heartbeatLimit: heartbeatLimit),
                log: log.add
            )
            let stop = Gate()
            async let running: Void = service.run { await stop.wait() }
            do {
                try await body(service, cluster)
            } catch {
                stop.open()
                throw error
            }
            let start = ContinuousClock.now
            stop.open()
            await running
            #expect(ContinuousClock.now - start < .seconds(10))
            let account = service.producer.statistics
            #expect(account.isBalanced && account.inFlight == 0)
        }
    }

    @Test func anOrderIsAnsweredWhenItIsInTheLog() async throws {
        try await withService { _, cluster in
            let reply = try await ask(sockets.requests, "ada coffee")
            let records = try await cluster.records(in: "orders")
            try #require(records.count == 1)
            #expect(reply == "ok \(records[0].partition) \(records[0].offset)")
            #expect(records[0].keyText == "ada" && records[0].valueText == "coffee")
        }
    }

    @Test func whatABrokerRefusesFailsOneRequest() async throws {
        try await withService { service, cluster in
            try await eventually("a heartbeat is out of the way") { service.producer.statistics.succeeded >= 1 }
            try await cluster.failNext(.produce, with: .policyViolation, count: 1)
            // The next heartbeat may meet the fault instead: then ask again.
            var replies: [String] = []
            for _ in 1...3 { replies.append(try await ask(sockets.requests, "ada coffee") ?? "") }
            #expect(replies.count { $0.contains("POLICY_VIOLATION") } <= 1)
            #expect(replies.last?.hasPrefix("ok") == true)
            #expect(service.producer.statistics.failed == 1)
        }
    }

    @Test func aFullBufferIsBusyAndNotAWait() async throws {
        try await withMockCluster(brokers: 1, topics: ["orders": 1]) { cluster in
            var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
            configuration.logHandler = { _ in }
            configuration.buffering.maximumMessages = 2
            let producer = try await AsyncProducer(configuration)
            let handler = OrderHandler(producer: producer)
            async let distributing: Void = handler.distributeOutcomes()
            try await cluster.brokerDown()
            async let first = handler.handle("ada coffee")
            async let second = handler.handle("ada tea")
            try await eventually("two are buffered") { producer.statistics.inFlight == 2 }
            #expect(try await handler.handle("ada milk") == .busy)
            try await cluster.brokerUp()
            #expect(try await [first, second].allSatisfy { $0 != .busy })
            #expect(try await handler.handle("ada milk") != .busy)
            try await producer.close()
            await distributing
        }
    }

    @Test func brokersThatGoAwayAreNoticedAndSoIsTheirReturn() async throws {
        try await withService(heartbeatLimit: 2, timeout: .seconds(1)) { _, cluster in
            try await eventually("it is well") { report(sockets.health).hasPrefix("ok\n") }
            try await cluster.brokerDown()
            try await eventually("the loss is logged") { log.has("no heartbeat") }
            #expect(report(sockets.health).hasPrefix("failing: no heartbeat\n"))
            try await cluster.brokerUp()
            try await eventually("the return is logged") { log.has("the heartbeat is back") }
            #expect(report(sockets.health).hasPrefix("ok\n"))
        }
    }

    @Test func tasksThatHangAreNoticedAlthoughNoTaskCanSaySo() async throws {
        try await withService(heartbeatLimit: 1) { _, _ in
            try await eventually("it is well") { report(sockets.health).hasPrefix("ok\n") }
            // Every thread that runs tasks is blocked, until the thread below has seen that somebody noticed.
            let finding = Finding()
            await withTaskGroup { group in
                Thread.detachNewThread { [sockets] in
                    let end = ContinuousClock.now + .seconds(20)
                    while ContinuousClock.now < end {
                        let text = report(sockets.health)
                        finding.report.withLock { $0 = text }
                        if text.hasPrefix("failing") { break }
                        Thread.sleep(forTimeInterval: 0.05)
                    }
                    finding.isOver.store(true, ordering: .releasing)
                }
                for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                    group.addTask { while !finding.isOver.load(ordering: .acquiring) { usleep(10_000) } }
                }
            }
            #expect(finding.report.withLock { $0 }.hasPrefix("failing: no heartbeat\n"))
            try await eventually("it is logged as well") { log.has("no heartbeat") }
        }
    }

    private final class Finding: Sendable {
        let report = Mutex("")
        let isOver = Atomic(false)
    }

    @Test func aStopWithBrokersAwayEndsAndAnswers() async throws {
        var asking: Task<String?, any Error>?
        try await withService { service, cluster in
            try await eventually("a heartbeat is out of the way") { service.producer.statistics.succeeded >= 1 }
            try await cluster.brokerDown()
            asking = Task { try await ask(sockets.requests, "ada coffee") }
            try await eventually("it is at work") { service.server.counts.atWork == 1 }
        }
        let reply = try #require(try await asking?.value)
        #expect(reply.hasPrefix("failed: "))
    }
}
