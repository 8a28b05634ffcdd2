// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer
import Testing

/// The disk of one broker is full.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .needsMounts, .brokerLogs)
struct DiskFaultTests {
    /// Kafka's answer to a full disk is that the broker ends itself; the other two take over.
    @Test func aDiskIsFull() async throws {
        var configuration = ClusterConfiguration(brokers: 3)
        configuration.hasOwnController = true
        configuration.firstBrokerDiskSize = "24m"
        configuration.properties = [
            "log.segment.bytes": "1048576", "log.index.size.max.bytes": "4096",
        ]
        try await Cluster.withCluster(configuration, on: Brokers.distribution) { cluster in
            let (topic, servers) = ("full", cluster.bootstrapServers())
            try await Topics(on: servers).create(topic, partitions: 3)
            let producer = try await makeProducer(servers) {
                $0.returns.successes = .always
                $0.librdkafka["reconnect.backoff.max.ms"] = "1000"
            }
            // Of 100 bytes each, and everything is on every broker: full within half a minute.
            let load = try Load(producer, topic: topic, rate: 10_000)
            try await eventually("the broker with the small disk ends", within: .seconds(100)) {
                !cluster.brokers[0].isRunning
            }
            let before = load.delivered
            try await eventually("the others deliver") { load.delivered > before + 10_000 }
            let accepted = try await load.finish()
            expectSettled(producer, accepted: accepted)
            let others = Array(servers.dropFirst())
            var findings = try await Findings.compare(load.journal, accepted: accepted, topic: topic, on: others)
            findings.fatalError = producer.fatalError
            print("fault \(Test.current?.name ?? ""): \(findings)")
            findings.expectKept()
            findings.expectAllDelivered()
        }
    }
}
