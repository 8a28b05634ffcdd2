// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import HostMetricsAgent

@Suite(.serialized, .timeLimit(.minutes(3))) struct AgentTests {
    /// An agent in front of a mock cluster that samples and sends many times a second.
    private func withAgent(
        drain: Duration = .seconds(10),
        prepare: (MockCluster) async throws -> Void = { _ in },
        _ body: (Agent, MockCluster, _ configuration: String) async throws -> Void
    ) async throws -> ExitCode {
        let path = FileManager.default.temporaryDirectory.path + "/host-metrics-\(UUID().uuidString.prefix(8)).conf"
        try fast.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await withMockCluster(topics: ["host-metrics": 1, "other": 1]) { cluster in
            try await prepare(cluster)
            var options = try Options([])
            (options.brokers, options.settings, options.host) = (cluster.bootstrapServers, path, "web-1")
            options.drain = drain
            var settings = try await Settings(file: path, brokers: cluster.bootstrapServers)
            settings.producer.logHandler = { _ in }
            let agent = try await Agent(settings, options: options)
            async let code = agent.run()
            do {
                try await body(agent, cluster, path)
            } catch {
                agent.handle(.terminate)
                _ = await code
                throw error
            }
            agent.handle(.terminate)
            return await code
        }
    }

    private let fast = "agent.sample.seconds=0.02\nagent.send.seconds=0.1\ndelivery.timeout.ms=2000\n"

    private func samples(_ cluster: MockCluster, _ topic: String = "host-metrics") async throws -> [Sample] {
        try await cluster.records(in: topic).flatMap { record in
            let report = try JSONDecoder().decode(Report.self, from: Data(record.value ?? []))
            #expect(report.host == "web-1" && record.keyText == "web-1")
            return report.samples
        }
    }

    @Test func samplesArriveAndTheEndSendsTheRest() async throws {
        let code = try await withAgent { agent, cluster, _ in
            try await expectEventually { try await samples(cluster).count >= 10 }
        }
        #expect(code == .nothingLost)
    }

    @Test func whatPiledUpWhileBrokersWereDownArrives() async throws {
        let code = try await withAgent { agent, cluster, _ in
            try await expectEventually { try await !samples(cluster).isEmpty }
            try await cluster.brokerDown()
            try await expectEventually { await agent.state == .behind(failures: 1) }
            try await cluster.brokerUp()
            try await expectEventually { await agent.state == .normal }
            let times = try await samples(cluster).map(\.time)
            #expect(times.count >= 10)
            // Two seconds of brokers down, and no gap.
            let gaps = zip(Set(times).sorted(), Set(times).sorted().dropFirst()).map { $1 - $0 }
            #expect((gaps.max() ?? .max) < 1_000)
        }
        #expect(code == .nothingLost)
    }

    @Test func settingsAreReadAgainOnlyWhenTheyAreGood() async throws {
        let code = try await withAgent { agent, cluster, path in
            try await expectEventually { try await !samples(cluster).isEmpty }
            let first = await agent.producer
            for (count, bad) in ["lingr.ms=1", "agent.topic=not a topic", "agent.sample.seconds=never"].enumerated() {
                try "\(fast)\(bad)\n".write(toFile: path, atomically: true, encoding: .utf8)
                agent.handle(.reload)
                try await expectEventually { await agent.refusedReloads == count + 1 }
            }
            #expect(await agent.producer === first)
            try "\(fast)agent.topic=other\n".write(toFile: path, atomically: true, encoding: .utf8)
            agent.handle(.reload)
            try await expectEventually { try await !samples(cluster, "other").isEmpty }
            #expect(await agent.producer !== first)
        }
        #expect(code == .nothingLost)
    }

    @Test func brokersThatDoNotAnswerChangeNothing() async throws {
        try await withMockCluster(brokers: 1, topics: ["host-metrics": 1]) { other in
            let code = try await withAgent { agent, cluster, path in
                let first = await agent.producer
                await agent.setPatience(.seconds(1))
                try await other.brokerDown()
                let servers = other.bootstrapServers.joined(separator: ",")
                await agent.forgetBrokers()
                try "\(fast)bootstrap.servers=\(servers)\n".write(toFile: path, atomically: true, encoding: .utf8)
                agent.handle(.reload)
                try await expectEventually { await agent.refusedReloads == 1 }
                #expect(await agent.producer === first)
                // They are back: now the same settings are good.
                try await other.brokerUp()
                agent.handle(.reload)
                try await expectEventually { try await !samples(other).isEmpty }
            }
            #expect(code == .nothingLost)
        }
    }

    @Test func aProducerThatCannotGoOnIsReplaced() async throws {
        let code = try await withAgent { cluster in
            try await cluster.failNext(.initProducerId, with: .clusterAuthorizationFailed)
        } _: { agent, cluster, _ in
            let first = await agent.producer
            try await expectEventually { try await !samples(cluster).isEmpty }
            #expect(first.fatalError != nil)
            #expect(await agent.producer !== first)
        }
        #expect(code == .nothingLost)
    }

    @Test func theEndHasAMaximum() async throws {
        let start = ContinuousClock.now
        let code = try await withAgent(drain: .milliseconds(500)) { agent, cluster, _ in
            try await cluster.brokerDown()
            try await expectEventually { await agent.remaining > 3 }
        }
        #expect(code == .lostAtTheEnd)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func aSecondSignalAborts() async throws {
        let code = try await withAgent(drain: .seconds(600)) { agent, cluster, _ in
            try await cluster.brokerDown()
            try await expectEventually { await agent.remaining > 3 }
            agent.handle(.terminate)
        }
        #expect(code == .aborted)
    }
}

extension Agent {
    fileprivate func setPatience(_ patience: Duration) { self.patience = patience }
    /// As if the command line had named none: then the file's are the ones.
    fileprivate func forgetBrokers() { options.brokers = nil }
}

/// Waits for a condition, not for a time.
private func expectEventually(
    _ location: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it did not come to that within 30 seconds", sourceLocation: location)
}
