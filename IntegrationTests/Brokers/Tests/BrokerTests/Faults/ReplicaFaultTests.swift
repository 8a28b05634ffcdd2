// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer
import Testing

/// Two of three brokers down where two must be in sync: nothing can be acknowledged.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct ReplicaFaultTests {
    /// Shorter than the delivery timeout: it takes time, and is over.
    @Test func tooFewReplicasForAWhile() async throws {
        let findings = try await underLoad { current, load, topic in
            try await loseTwo(current, load)
            for broker in current.cluster.brokers where !broker.isRunning { try broker.start() }
            try await current.waitUntilInSync(topic)
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    /// Longer than the delivery timeout: messages fail, each with the verdict whether it may be in the log.
    @Test func tooFewReplicasForTooLong() async throws {
        let findings = try await underLoad {
            $0.delivery.timeout = .seconds(5)
        } _: { current, load, topic in
            try await loseTwo(current, load)
            try await eventually("messages fail") { load.producer.statistics.failed > 2_000 }
            for broker in current.cluster.brokers where !broker.isRunning { try broker.start() }
            try await current.waitUntilInSync(topic)
        }
        // What may have been written, and was told to be so, can be written behind later messages of the next client.
        findings.expectTrueVerdicts()
        #expect(findings.duplicates == 0, "\(findings)")
        #expect(findings.notPersisted + findings.possiblyPersisted > 2_000)
    }

    private func loseTwo(_ current: FaultCluster, _ load: Load) async throws {
        for broker in current.cluster.brokers.dropFirst() { try await broker.kill() }
        try await eventually("messages pile up") { load.producer.inFlightCount > 4_000 }
    }
}
