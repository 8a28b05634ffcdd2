// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// One fault after the other under 5,000 messages/s, behind proxies: nothing is lost and nothing leaks.
@Suite(.serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct SoakTests {
    /// `KAFKA_SOAK_SECONDS`; 120 is the figure in the documentation.
    static let length = Duration.seconds(
        ProcessInfo.processInfo.environment["KAFKA_SOAK_SECONDS"].flatMap { Int($0) } ?? 30
    )

    @Test(.timeLimit(.minutes(15)), .enabled(if: Resources.isKnown, "it reads /proc")) func faultAfterFault()
        async throws
    {
        var samples: [Resources] = []
        let findings = try await underLoad(rate: 5_000, isProxied: true) { current, load, topic in
            let end = ContinuousClock.now + Self.length
            var round = 0
            // The first round fills pools and caches: what comes after it is to stay flat.
            while ContinuousClock.now < end || samples.count < 2 {
                guard load.producer.fatalError == nil else { return }
                try await disturb(current, topic, round)
                try await current.waitUntilInSync(topic)
                let before = load.delivered
                try await eventually("messages are delivered") {
                    load.delivered > before + 5_000 || load.producer.fatalError != nil
                }
                round += 1
                if round % Self.faults == 0 {
                    let sample = try Resources.now()
                    samples.append(sample)
                    print("soak: \(round) faults, delivered \(load.delivered), \(sample)")
                }
            }
        }
        findings.expectKept()
        findings.expectAllDelivered()
        guard findings.fatalError == nil, let first = samples.first, let last = samples.last else { return }
        #expect(last.threads <= first.threads)
        #expect(last.descriptors <= first.descriptors + 4)
        #expect(last.residentMiB <= first.residentMiB + 16)
    }

    private static let faults = 4

    private func disturb(_ current: FaultCluster, _ topic: String, _ round: Int) async throws {
        let partition = Int32(round % 6)
        switch round % Self.faults {
        case 0:
            let leader = try await current.leader(of: topic, partition: partition)
            try await leader.kill()
            try await Task.sleep(for: .seconds(2))
            try leader.start()
        case 1:
            for proxy in current.proxies { proxy.cut(isReset: true) }
        case 2:
            try await current.freezeLeader(of: topic, partition: partition)
        default:
            for proxy in current.proxies { proxy.behave { $0.losesAnswers = true } }
            try await Task.sleep(for: .milliseconds(300))
            for proxy in current.proxies {
                proxy.cut(isReset: true)
                proxy.behave { $0.losesAnswers = false }
            }
        }
    }
}
