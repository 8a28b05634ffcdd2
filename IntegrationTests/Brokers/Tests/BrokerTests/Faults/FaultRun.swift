// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// A load on the suite's cluster, something done to the cluster meanwhile, and the comparison at the end.
func underLoad(
    rate: Int = 2_000,
    isProxied: Bool = false,
    settings: [String: String] = [:],
    _ change: (inout AsyncProducer.Configuration) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation,
    _ disturb: (FaultCluster, Load, _ topic: String) async throws -> Void
) async throws -> Findings {
    let current = try #require(FaultCluster.current, sourceLocation: sourceLocation)
    let topic = "faults-\(UUID().uuidString.prefix(8).lowercased())"
    try await Topics(on: current.servers).create(topic, partitions: 6, settings: settings)
    let producer = try await makeProducer(isProxied ? current.proxiedServers : current.servers) {
        $0.returns.successes = .always
        // Longer than an answer takes: otherwise librdkafka spins, on the cores that the brokers need (Performance).
        $0.batching.linger = .milliseconds(20)
        // Back within a second, not within librdkafka's ten.
        $0.librdkafka["reconnect.backoff.max.ms"] = "1000"
        change(&$0)
    }
    let load = try Load(producer, topic: topic, rate: rate)
    try await eventually("messages are delivered") { load.delivered > rate / 2 }
    try await disturb(current, load, topic)
    // The disturbance is over: whatever it was, messages are delivered again, unless the producer is finished.
    let before = load.delivered
    try await eventually("messages are delivered again") {
        load.delivered > before + rate / 2 || producer.fatalError != nil
    }
    let accepted = try await load.finish()
    expectSettled(producer, accepted: accepted + load.otherCount, sourceLocation: sourceLocation)
    try await current.waitUntilInSync(topic, sourceLocation: sourceLocation)
    var findings = try await Findings.compare(load.journal, accepted: accepted, topic: topic, on: current.servers)
    findings.fatalError = producer.fatalError
    // For the table in the documentation.
    print("fault \(Test.current?.name ?? ""): \(findings)")
    return findings
}
