// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// How many, how fast, and when to stop.
@Suite(.timeLimit(.minutes(2))) struct FlowTests {
    private func produce(_ cluster: MockCluster, _ options: [String], input: String = "") async throws
        -> KprodProcess.Outcome
    {
        try await KprodProcess.run(["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + options, input: input)
    }

    @Test func theFirstAreSkippedAndTheInputRepeated() async throws {
        let files = try TemporaryFiles(["a": "1\n\n2\n3"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let skipped = try await produce(cluster, ["--skip", "2", "-c", "2"], input: "1\n\n2\n3\n4\n5\n")
            #expect(skipped.status == 0 && skipped.account.hasSuffix("failed 0; undelivered 0; skipped 3"))
            let repeated = try await produce(cluster, ["--repeat", "3", "-c", "7", files.path("a")])
            #expect(repeated.status == 0)
            let values = try await cluster.records(in: "t").map(\.valueText)
            #expect(values == ["3", "4", "1", "2", "3", "1", "2", "3", "1"])
            let argument = try await produce(cluster, ["--repeat", "2", "--value", "v"])
            #expect(try argument.number("delivered") == 2)
        }
    }

    @Test func aRateIsKeptAndASignalEndsTheWait() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let clock = ContinuousClock()
            let start = clock.now
            let outcome = try await produce(cluster, ["--rate", "50/s"], input: String(repeating: "v\n", count: 51))
            #expect(outcome.status == 0)
            #expect(start.duration(to: clock.now) > .milliseconds(850))
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--rate", "1B/s"]
            let kprod = try KprodProcess(arguments, input: Data("a long line\nnext\nlast\n".utf8))
            while try await cluster.records(in: "t").last?.valueText != "a long line" { await Task.yield() }
            kprod.signal(SIGTERM)
            let end = await kprod.finish()
            #expect(end.isSignal)
            #expect(end.account.hasPrefix("delivered 1 ") && end.account.hasSuffix("skipped 0"), "\(end)")
        }
    }

    @Test(arguments: [["--on-error", "stop"], ["--max-errors", "1"], ["--fail-fast"], ["--on-error", "continue"]])
    func failuresStopTheReading(options: [String]) async throws {
        let limit = ["--max-record-bytes", "3"]
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await produce(cluster, limit + options, input: "a\nlong\nb\nlong\nc\n")
            #expect(outcome.status == 1)
            let (values, reason) =
                switch options.joined(separator: " ") {
                case "--max-errors 1": (["a", "b"], "more than 1 record failed: reading stopped (--max-errors)")
                case "--on-error continue": (["a", "b", "c"], "")
                case let option: (["a"], "a record failed: reading stopped (\(option))")
                }
            #expect(try await cluster.records(in: "t").map(\.valueText) == values)
            #expect(outcome.messages.contains("kprod: \(reason)") != reason.isEmpty, "\(outcome.messages)")
        }
    }

    /// The broker's refusals count like everything else that fails.
    @Test func refusalsByTheBrokerStopTheReading() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failNext(.produce, with: .policyViolation)
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--on-error=stop"]
            let kprod = try KprodProcess(arguments, input: nil)
            kprod.write("a\n")
            // Nobody closes the input.
            let outcome = await kprod.finish()
            #expect(outcome.status == 1)
            #expect(outcome.account.hasSuffix("failed 1; undelivered 0; skipped 0"))
        }
    }

    @Test func failFastDoesNotWaitForBrokers() async throws {
        let start = ContinuousClock.now
        let outcome = try await KprodProcess.run(
            ["produce", "-b", "127.0.0.1:1", "-t", "t", "--fail-fast"],
            input: "a\n"
        )
        #expect(outcome.status == 69)
        #expect(outcome.messages.contains { $0.contains("every broker is down (--fail-fast): ") }, "\(outcome)")
        // It may give up before there is a record.
        #expect(try outcome.number("delivered") == 0 && outcome.number("undelivered") <= 1)
        #expect(start.duration(to: .now) < .seconds(20))
    }

    /// No broker is named, and none is needed.
    @Test func aDryRunSendsNothing() async throws {
        let input = "k:a\n\nb:\ntoo long: line\nz\n"
        let options = ["produce", "-t", "t", "--dry-run", "-K:", "--empty", "null", "-Xmessage.max.bytes=1000"]
        let outcome = try await KprodProcess.run(options + ["--max-record-bytes", "10"], input: input)
        #expect(outcome.status == 1)
        let lines = outcome.output.split(separator: "\n")
        #expect(
            lines == [
                "keys: 2 of 1 bytes, 1 on average; 2 null", "values: 2 of 1 bytes, 1 on average; 2 null",
                "record at stdin:1: key \"k\", value \"a\"", "record at stdin:2: key null, value null",
                "record at stdin:3: key \"b\", value null",
            ]
        )
        #expect(
            outcome.messages.first?.hasPrefix("kprod: 1 × MESSAGE_TOO_LARGE (at stdin:4): a line of 14 bytes") == true
        )
        #expect(outcome.account == "dry run: 4 records (4 B) would be sent; failed 1; skipped 0")
    }

    @Test(
        arguments: [
            (["--repeat", "2"], "option --repeat: standard input can be read only once; name files instead"),
            (["--follow"], "option --follow: standard input is read to its end in any case; name files instead"),
            (["--follow", "--value", "v"], "option --follow: --value and --tombstone read no input"),
            (["--follow", "--repeat", "2", "x"], "options --follow and --repeat exclude each other"),
            (
                ["--on-error", "stop", "--max-errors", "2"],
                "option --max-errors: --on-error stop allows none; give one of them"
            ),
            (
                ["--rate", "fast"],
                "option --rate: \"fast\" is not a rate; write records such as 5000/s, or bytes such as 20MiB/s"
            ),
        ] as [([String], String)]
    )
    func whatDoesNotFit(options: [String], message: String) async throws {
        let outcome = try await KprodProcess.run(["produce", "-b", "x:1", "-t", "t"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.messages == ["kprod: \(message)"])
    }
}
