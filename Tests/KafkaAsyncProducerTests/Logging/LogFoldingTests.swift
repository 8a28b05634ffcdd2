// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Synchronization
import Testing

@testable import KafkaAsyncProducer

@Suite struct LogFoldingTests {
    private func entry(_ message: String, _ facility: String = "ERROR") -> LogEntry {
        LogEntry(level: .warning, facility: facility, message: message)
    }

    private let now = ContinuousClock.now

    @Test func repetitionsAreCountedAndSaidWhenTheirTimeIsOver() {
        var folding = LogFolding()
        #expect(folding.fold(entry("failed after 3 ms"), at: now).map(\.message) == ["failed after 3 ms"])
        for number in 4..<45 { #expect(folding.fold(entry("failed after \(number) ms"), at: now).isEmpty) }
        #expect(folding.fold(entry("up again"), at: now + .seconds(9)).map(\.message) == ["up again"])
        #expect(
            folding.fold(entry("failed after 1 ms"), at: now + .seconds(10)).map(\.message)
                == ["failed after 44 ms … repeated 41 times", "failed after 1 ms"]
        )
        #expect(folding.summary().isEmpty)
    }

    @Test func brokersThatTakeTurnsAreFolded() {
        var folding = LogFolding()
        var lines: [LogEntry] = []
        for turn in 0..<100 {
            for host in ["alpha", "beta"] {
                let suppressed = turn == 0 ? "" : ", \(turn) identical error(s) suppressed"
                let line = "\(host):9092/1: Connect failed (after \(turn)ms in state CONNECT\(suppressed))"
                lines += folding.fold(entry(line), at: now + .milliseconds(50 * turn))
            }
        }
        #expect(lines.count == 2)
        let summary = folding.summary().map(\.message)
        #expect(summary.count == 2 && summary.allSatisfy { $0.hasSuffix("… repeated 99 times") })
    }

    /// What is remembered is bounded, and what is forgotten is said.
    @Test func kindsWithoutEndAreNotKept() {
        var folding = LogFolding()
        var count = 0
        for number in 0..<1_000 {
            let name = String(repeating: "x", count: number)
            for _ in 0..<2 { count += folding.fold(entry(name), at: now).count }
        }
        count += folding.summary().count
        #expect(count == 2_000)
    }

    @Test func whatTheErrorSaysIsNotSaidBefore() {
        var folding = LogFolding()
        let refused =
            "[thrd:b]: b: Certificate (subject=/CN=x) verification callback failed: X509 error 20 at depth 0"
        #expect(folding.fold(entry("[thrd:b]: b: Disconnected", "FAIL"), at: now).isEmpty)
        #expect(folding.fold(entry(refused, "SSLCERTVRFY"), at: now).isEmpty)
        #expect(folding.fold(entry("something else", "SSLCERTVRFY"), at: now).count == 1)
        #expect(folding.fold(entry("b: Disconnected"), at: now).count == 1)
    }

    /// Every attempt used to be a line of the log and an error with the same words.
    @Test func anOutageIsSaidOnce() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 1]) { cluster in
            let lines = Mutex<[String]>([])
            let producer = try await makeProducer(cluster) { configuration in
                configuration.logHandler = { entry in lines.withLock { $0.append(entry.message) } }
            }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "v"))
            try await cluster.brokerDown()
            try await eventually("both are missed") {
                let refused = lines.withLock { $0.filter { $0.contains("Connection refused") } }
                return Set(refused.compactMap { $0.split(separator: " ").first }).count >= 1
            }
            try await producer.close(deadline: .zero)
            // The error's words stand alone, without the thread in front.
            let gist = lines.withLock { $0 }.map { $0.split(separator: " (after ")[0] }
            let said = gist.filter { $0.contains("Connection refused") || $0.contains("Disconnected") }
            #expect(!said.isEmpty && said.allSatisfy { !$0.contains("[thrd:") })
        }
    }
}
