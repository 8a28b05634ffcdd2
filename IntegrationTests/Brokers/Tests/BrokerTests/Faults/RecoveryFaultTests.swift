// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// How soon messages go on when their brokers are there again, with the configuration's defaults.
@Suite(.timeLimit(.minutes(5)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct RecoveryFaultTests {
    /// Every back-off ends sooner than that, however often a broker was away.
    private static let limit = Duration.seconds(3)

    @Test(arguments: [false, true]) func noMessageWaitsLongAfterItsLeaderIsBack(isKilled: Bool) async throws {
        let current = try #require(FaultCluster.current)
        let topic = "faults-\(UUID().uuidString.prefix(8).lowercased())"
        try await Topics(on: current.servers).create(topic, partitions: 6)
        let producer = try await makeProducer(current.servers) { $0.returns.successes = .always }
        let load = try Load(producer, topic: topic, rate: 1_000)
        let probe = Probe(partitions: 6, journal: load.journal)
        let probing = Task { try await probe.run(Topic(topic), on: current.servers) }
        try await eventually("messages are delivered") { load.delivered > 500 }
        for broker in current.cluster.brokers {
            if isKilled { try await broker.kill() } else { try await broker.stop() }
            try broker.start()
            try await current.waitUntilInSync(topic)
        }
        let before = load.delivered
        try await eventually("messages are delivered again") { load.delivered > before + 500 }
        let accepted = try await load.finish()
        probe.end()
        try await probing.value
        let entries = load.journal.content
        let delays = (0..<accepted).filter { entries.outcomes[$0] == .delivered }.map {
            probe.delay(partition: Int(entries.partitions[$0]), start: entries.starts[$0], end: entries.ends[$0])
        }
        print(
            "recovery: \(accepted) accepted, the slowest after \(entries.slowest), after its leader's return \(delays.max() ?? .zero)"
        )
        #expect(delays.allSatisfy { $0 < Self.limit })
        #expect(entries.causes.isEmpty && delays.count == accepted)
        expectSettled(producer, accepted: accepted)
    }
}
