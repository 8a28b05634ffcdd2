// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import GracefulService

@Suite(.timeLimit(.minutes(2)))
struct ProcessTests {
    private let folder = TestFolder()
    private var spool: String { folder.path("spool") }
    private let topics = ["orders": 2, "orders.dead-letter": 1]

    @Test func theEndOfTheInputIsTheEndOfTheService() async throws {
        try await withMockCluster(topics: topics) { cluster in
            let service = try ServiceProcess(cluster, spool: spool)
            try service.write((1...100).map { "order \($0)" })
            try service.closeInput()
            #expect(await service.status() == 0)
            #expect(try await cluster.records(in: "orders").count == 100)
        }
    }

    @Test func sigusr1ShowsTheAccountAndStopsNothing() async throws {
        try await withMockCluster(topics: topics) { cluster in
            let service = try ServiceProcess(cluster, spool: spool)
            try service.write(["x"])
            try await eventually("it is up") { service.answers == ["1 delivered"] }
            service.signal(SIGUSR1)
            try await eventually("it answers") { service.log.contains { $0.contains("producer: accepted 1") } }
            try service.write(["y"])
            try await eventually("it goes on") { service.answers.count == 2 }
            service.signal(SIGTERM)
            #expect(await service.status() == 0)
        }
    }

    @Test func brokersThatAreDownAtSIGTERMCostNothingAndNoTime() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let first = try ServiceProcess(cluster, spool: spool, stopWithin: 10)
            try first.write(["order 0"])
            try await eventually("it is up") { first.answers == ["1 delivered"] }
            try await cluster.brokerDown()
            try first.write((1...500).map { "order \($0)" })
            // Its account says when it has taken them all.
            try await eventually("it has taken them") {
                first.signal(SIGUSR1)
                return first.log.contains { $0.contains("501 lines") }
            }
            let start = ContinuousClock.now
            first.signal(SIGTERM)
            #expect(await first.status() == 0)
            #expect(ContinuousClock.now - start < .seconds(10))
            #expect(first.answers.count == 501)
            #expect(first.answers.count { $0.hasSuffix("spooled") } == 500)

            try await cluster.brokerUp()
            let second = try ServiceProcess(cluster, spool: spool)
            try second.closeInput()
            #expect(await second.status() == 0)
            let values = try await cluster.records(in: "orders").compactMap(\.valueText)
            #expect(Set(values) == Set((0...500).map { "order \($0)" }))
        }
    }

    @Test func killedInTheMiddleNothingIsLostThatWasAccepted() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            // The first request is refused, to the dead letters and the spool; others are under way when it is killed.
            try await cluster.failNext(.produce, with: [.policyViolation, .policyViolation])
            try await cluster.setRoundTripTime(.milliseconds(300))
            let lines = (1...2_000).map { "order \($0)" }
            let first = try ServiceProcess(cluster, spool: spool)
            try first.write(Array(lines.prefix(1_000)))
            try await eventually("some are answered") { !first.answers.isEmpty }
            // What comes now has no answer before the end.
            try await cluster.setRoundTripTime(.seconds(10))
            try first.write(Array(lines.dropFirst(1_000)))
            first.signal(SIGKILL)
            _ = await first.status()
            let accepted = Set(first.answers.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } })
            #expect(accepted.count < 2_000)
            try await cluster.setRoundTripTime(.zero)

            // The caller's part: what was not answered is sent again.
            let second = try ServiceProcess(cluster, spool: spool)
            try second.write((1...2_000).filter { !accepted.contains($0) }.map { "order \($0)" })
            try second.closeInput()
            #expect(await second.status() == 0)
            var found = Set(try await cluster.records(in: "orders").compactMap(\.valueText))
            found.formUnion(try await cluster.records(in: "orders.dead-letter").compactMap(\.valueText))
            found.formUnion(try await Spool(path: spool).load().map(\.text))
            #expect(found == Set(lines))
        }
    }

    @Test func killedDuringAReplayTheSpoolIsReplayedAgain() async throws {
        try await withMockCluster(brokers: 1, topics: topics) { cluster in
            let lines = (1...100).map { "order \($0)" }
            try await Spool(path: spool).append(lines.map { .init(text: $0) })
            try await cluster.setRoundTripTime(.seconds(1))
            let first = try ServiceProcess(cluster, spool: spool)
            try await eventually("it replays") { first.log.contains { $0.contains("replaying 100 lines") } }
            first.signal(SIGKILL)
            _ = await first.status()
            #expect(try await Spool(path: spool).load().map(\.text) == lines)

            try await cluster.setRoundTripTime(.zero)
            let second = try ServiceProcess(cluster, spool: spool)
            try second.closeInput()
            #expect(await second.status() == 0)
            #expect(Set(try await cluster.records(in: "orders").compactMap(\.valueText)) == Set(lines))
            #expect(!FileManager.default.fileExists(atPath: spool))
        }
    }
}
