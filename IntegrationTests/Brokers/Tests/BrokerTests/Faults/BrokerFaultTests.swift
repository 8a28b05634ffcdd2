// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer
import Testing

/// Brokers die, hang and restart under load. Nothing of it is an error: it takes time, and is over.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct BrokerFaultTests {
    @Test func aLeaderIsKilledAgainAndAgain() async throws {
        let findings = try await underLoad { current, load, topic in
            for _ in 0..<3 {
                let leader = try await current.leader(of: topic)
                try await leader.kill()
                // Somebody else takes over while it is away.
                let before = load.delivered
                try await eventually("others deliver") { load.delivered > before + 3_000 }
                try leader.start()
                try await current.waitUntilInSync(topic)
            }
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    /// Frozen for longer than the cluster waits for it, and for longer than the client does.
    @Test(arguments: [60_000, 2_000]) func aLeaderIsStoppedAgainAndAgain(socketTimeout: Int) async throws {
        let findings = try await underLoad {
            $0.librdkafka["socket.timeout.ms"] = String(socketTimeout)
        } _: { current, load, topic in
            for _ in 0..<3 {
                try await current.freezeLeader(of: topic)
                try await current.waitUntilInSync(topic)
            }
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    @Test func aRollingRestart() async throws {
        let findings = try await underLoad { current, _, topic in
            for broker in current.cluster.brokers {
                try await broker.stop()
                try broker.start()
                try await current.waitUntilInSync(topic)
            }
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    @Test func allBrokersDownAndUpAgain() async throws {
        let findings = try await underLoad { current, load, topic in
            for broker in current.cluster.brokers { try await broker.kill() }
            let before = load.delivered
            try await eventually("messages pile up") { load.producer.inFlightCount > 5_000 }
            #expect(load.delivered <= before + 2_000)
            for broker in current.cluster.brokers { try broker.start() }
            try await current.waitUntilInSync(topic)
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    /// Without a controller no leader can change, and nobody needs it to write.
    @Test func theControllerIsKilled() async throws {
        let findings = try await underLoad { current, load, _ in
            let controller = try #require(current.cluster.controller)
            try await controller.kill()
            let before = load.delivered
            try await eventually("brokers go on without it") { load.delivered > before + 6_000 }
            try controller.start()
            try await current.cluster.waitUntilReady()
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }
}
