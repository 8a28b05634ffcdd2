// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer
import Testing

/// The brokers are well; what is between them and the client is not.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct NetworkFaultTests {
    /// Connections end in order or with a reset, whatever is under way on them.
    @Test(arguments: [false, true]) func connectionsAreCutAgainAndAgain(isReset: Bool) async throws {
        let findings = try await underLoad(isProxied: true) { current, load, _ in
            for _ in 0..<10 {
                for proxy in current.proxies { proxy.cut(isReset: isReset) }
                let before = load.delivered
                try await eventually("messages are delivered") { load.delivered > before + 200 }
            }
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    @Test func nothingCanBeReached() async throws {
        let findings = try await underLoad(isProxied: true) { current, load, _ in
            for proxy in current.proxies {
                proxy.behave { $0.refuses = true }
                proxy.cut()
            }
            try await eventually("messages pile up") { load.producer.inFlightCount > 4_000 }
            for proxy in current.proxies { proxy.behave { $0.refuses = false } }
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    /// A tenth of a second each way: latency, and nothing else.
    @Test func everythingTakesLonger() async throws {
        let findings = try await underLoad(isProxied: true) { current, load, _ in
            for proxy in current.proxies { proxy.behave { $0.delay = .milliseconds(100) } }
            let before = load.delivered
            try await eventually("messages are delivered") { load.delivered > before + 5_000 }
            for proxy in current.proxies { proxy.behave { $0.delay = .zero } }
        }
        findings.expectKept()
        #expect(findings.fatalError == nil)
        #expect(findings.delivered == findings.accepted)
    }

    /// The other side is gone without a word: only time tells.
    @Test func connectionsAreHalfOpen() async throws {
        let findings = try await underLoad(isProxied: true) {
            $0.librdkafka["socket.timeout.ms"] = "2000"
        } _: { current, load, _ in
            for proxy in current.proxies { proxy.behave { $0.isFrozen = true } }
            try await eventually("messages pile up") { load.producer.inFlightCount > 8_000 }
            for proxy in current.proxies {
                proxy.cut(isReset: true)
                proxy.behave { $0.isFrozen = false }
            }
        }
        findings.expectKept()
        findings.expectAllDelivered()
    }

    /// The records are written and the answer is lost. Only idempotence keeps the retry from writing them twice.
    @Test(arguments: [true, false]) func answersAreLost(isIdempotent: Bool) async throws {
        let findings = try await underLoad(isProxied: true) {
            $0.delivery.idempotence = isIdempotent
        } _: { current, load, _ in
            for _ in 0..<5 {
                for proxy in current.proxies { proxy.behave { $0.losesAnswers = true } }
                let before = load.producer.inFlightCount
                try await eventually("requests are under way") { load.producer.inFlightCount > before + 500 }
                for proxy in current.proxies {
                    proxy.cut(isReset: true)
                    proxy.behave { $0.losesAnswers = false }
                }
                let delivered = load.delivered
                try await eventually("messages are delivered") { load.delivered > delivered + 1_000 }
            }
        }
        findings.expectKept(mayDuplicate: !isIdempotent)
        findings.expectAllDelivered()
        // Shows that the fault is one: without idempotence it does write messages twice.
        if !isIdempotent { #expect(findings.duplicates > 0) }
    }
}
