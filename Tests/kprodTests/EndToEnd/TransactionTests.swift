// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

/// Loads in transactions, as their account, report and checkpoint tell of them; what readers of committed records see is
/// shown on real brokers.
@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    private func arguments(_ cluster: MockCluster, _ options: [String]) -> [String] {
        ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--transactional-id", "load"] + options
    }

    private func lines(_ count: Int) -> String { (1...count).map { "\($0)\n" }.joined() }

    private func checkpoint(_ path: String) throws -> CheckpointFile {
        try JSONDecoder().decode(CheckpointFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The status of each transaction, and how many records it had.
    private func transactions(_ path: String) throws -> [String] {
        try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 10).compactMap { line in
            let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
            guard let number = object["transaction"] as? Int else { return nil }
            return "\(number) \(object["status"] as? String ?? "") \(object["records"] as? Int ?? -1)"
        }
    }

    @Test(
        arguments: [
            ([], ["1 committed 2500"]),
            (["--txn-size", "1000"], ["1 committed 1000", "2 committed 1000", "3 committed 500"]),
            (["-H", "a=b", "--txn-size", "1k"], ["1 committed 1000", "2 committed 1000", "3 committed 500"]),
            (["-c", "10"], ["1 committed 10"]), (["-c", "10", "--txn-size", "10"], ["1 committed 10"]),
        ] as [([String], [String])]
    )
    func recordsAreCommittedTogether(options: [String], expected: [String]) async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let outcome = try await KprodProcess.run(
                arguments(cluster, options + ["--report", files.path("r"), "--json"]),
                input: lines(2_500)
            )
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try transactions(files.path("r")) == expected)
            let records = expected.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
            #expect(try outcome.number("delivered") == records)
            #expect(outcome.messages.contains("transactions: \(expected.count) committed, 0 aborted"))
            #expect(outcome.output.contains("\"transactions_committed\":\(expected.count),\"transactions_aborted\":0"))
            #expect(try await cluster.records(in: "t").count == records)
        }
    }

    /// Without a report the records take the quick way, with time limits as well.
    @Test func theQuickWayHasTransactionsToo() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let options = ["--txn-size", "700", "--txn-every", "20ms"]
            let outcome = try await KprodProcess.run(arguments(cluster, options), input: lines(20_000))
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try outcome.number("delivered") == 20_000)
            let values = try await cluster.records(in: "t").compactMap(\.valueText).compactMap { Int($0) }
            #expect(values.sorted() == Array(1...20_000))
        }
    }

    /// One record that fails, in whatever way, and nothing of the load is delivered.
    @Test(arguments: ["too long", "no JSON", "refused"]) func aLoadIsAllOrNothing(fault: String) async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            var input = (1...1_000).map { "{\"value\":\"\($0)\"}\n" }
            switch fault {
            case "too long": input[600] = "{\"value\":\"\(String(repeating: "x", count: 100_000))\"}\n"
            case "no JSON": input[600] = "{\"value\":\n"
            default: try await cluster.failNext(.produce, with: .policyViolation)
            }
            let outcome = try await KprodProcess.run(
                arguments(
                    cluster,
                    ["--format", "json", "--max-record-bytes", "1000", "--report", files.path("r"), "--checkpoint"]
                        + [files.path("c"), "--dead-letter", files.path("d")]
                ),
                input: input.joined()
            )
            #expect(outcome.status == (fault == "no JSON" ? 65 : 1), "\(outcome)")
            #expect(try outcome.number("delivered") == 0 && outcome.number("failed") >= 1, "\(outcome)")
            #expect(outcome.messages.contains("transactions: 0 committed, 1 aborted"), "\(outcome)")
            #expect(!outcome.messages.contains { $0.contains("does not add up") || $0.contains("may be in the log") })
            #expect(try transactions(files.path("r")).map { $0.prefix(9) } == ["1 aborted"])
            #expect(try checkpoint(files.path("c")).inputs[0].acked_records == 0)
        }
    }

    /// What is dropped with its transaction is no dead letter, nor is what the transaction had delivered: replayed alone, the
    /// first would come twice and the second not at all.
    @Test(arguments: [[], ["--dead-letter-raw"]]) func deadLettersAreWhatFailed(form: [String]) async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let bad = String(repeating: "x", count: 2_000)
            let outcome = try await KprodProcess.run(
                arguments(cluster, ["--max-record-bytes", "1000", "--dead-letter", files.path("d")] + form),
                input: "\(lines(9_000))\(bad)\n\(lines(10))"
            )
            #expect(outcome.status == 1, "\(outcome)")
            #expect(try outcome.number("failed") == 1 && outcome.number("undelivered") == 9_000, "\(outcome)")
            let letters = try String(contentsOfFile: files.path("d"), encoding: .utf8).split(separator: "\n")
                .filter { !$0.contains("kprod_dead_letters") }
            #expect(letters.count == 1 && letters.first?.contains(bad) == true)
            #expect(!outcome.messages.contains { $0.contains("can be sent again") }, "\(outcome)")
            #expect(outcome.messages.contains { $0.contains("all of its transaction is to be sent again") })
        }
    }

    /// What is committed is not sent again, and what was aborted is.
    @Test func anAbortedLoadGoesOnFromItsLastCommit() async throws {
        let files = try TemporaryFiles(["input": lines(3_000)])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let options = ["--txn-size", "1000", "--checkpoint", files.path("c"), "--resume", files.path("input")]
            let kprod = try KprodProcess(
                arguments(cluster, ["--report", files.path("r"), "--rate", "4000/s"] + options)
            )
            try await eventually { (try? transactions(files.path("r")).count) == 1 }
            try await cluster.failNext(.produce, with: .policyViolation)
            let outcome = await kprod.finish()
            #expect(outcome.status == 1, "\(outcome)")
            let delivered = try outcome.number("delivered")
            #expect([1_000, 2_000].contains(delivered), "\(outcome)")
            #expect(try checkpoint(files.path("c")).inputs[0].acked_records == delivered)
            let rest = try await KprodProcess.run(arguments(cluster, options))
            #expect(rest.status == 0, "\(rest)")
            #expect(try rest.number("delivered") == 3_000 - delivered)
            #expect(try checkpoint(files.path("c")).isComplete)
        }
    }

    /// Nobody sends the next record: the time ends the transaction.
    @Test func theTimeCommitsAlsoWhileNothingComes() async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(
                arguments(cluster, ["--txn-every", "100ms", "--report", files.path("r")]),
                input: nil
            )
            kprod.write("a\nb\n")
            try await eventually { (try? transactions(files.path("r"))) == ["1 committed 2"] }
            kprod.write("c\n")
            try await eventually { (try? transactions(files.path("r")).last) == "2 committed 1" }
            kprod.closeInput()
            let outcome = await kprod.finish()
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try outcome.number("delivered") == 3)
        }
    }

    /// Stopped half way, what is all or nothing is nothing; what is not, is what was read.
    @Test(arguments: [[], ["--txn-size", "1M"]]) func aSignalAbortsWhatIsAllOrNothing(options: [String]) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(
                arguments(cluster, options + ["--progress", "json", "--stats-interval", "100ms"]),
                input: nil
            )
            kprod.write("a\nb\n")
            _ = await kprod.messages.wait(for: "\"read\":2,")
            kprod.signal(SIGTERM)
            let outcome = await kprod.finish()
            #expect(outcome.isSignal && outcome.status == SIGTERM, "\(outcome)")
            #expect(try outcome.number("delivered") == (options.isEmpty ? 0 : 2), "\(outcome)")
            #expect(try outcome.number("undelivered") == (options.isEmpty ? 2 : 0), "\(outcome)")
        }
    }

    @Test func nobodyBeginsATransactionWithoutBrokers() async throws {
        let start = ContinuousClock.now
        let outcome = try await KprodProcess.run(
            ["produce", "-b", "127.0.0.1:1", "-t", "t", "--transactional-id", "x", "--wait-broker", "1s"],
            input: "a\nb\n"
        )
        #expect(start.duration(to: .now) < .seconds(20), "\(outcome)")
        #expect(outcome.status == 69, "\(outcome)")
        #expect(try outcome.number("delivered") == 0 && outcome.number("failed") == 0)
    }

    @Test(
        arguments: [
            (["--txn-size", "5"], "options --txn-size and --txn-every need --transactional-id ID"),
            (["--transactional-id", "x", "--report", "r", "--report-format", "tsv"], "only ndjson tells"),
            (["--transactional-id", ""], "is empty"), (["--transactional-id", "x", "--txn-size", "0"], "--txn-size"),
            (["--transactional-id", "x", "--on-error", "continue"], "a failure aborts the transaction"),
        ]
    )
    func whatDoesNotFit(options: [String], words: String) async throws {
        let outcome = try await KprodProcess.run(["produce", "-b", "x:1", "-t", "t"] + options, input: "a\n")
        #expect(outcome.status == 64, "\(outcome)")
        #expect(outcome.messages.contains { $0.contains(words) }, "\(outcome)")
    }

    @Test func aBenchmarkCommitsAsItGoes() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let outcome = try await KprodProcess.run([
                "bench", "-b", cluster.bootstrapServers[0], "--topic", "t", "--num-records", "20000", "--throughput",
                "40000", "--transactional-id", "perf", "--transaction-duration-ms", "100", "--producers", "2",
            ])
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try outcome.number("delivered") == 20_000)
            #expect(try await cluster.records(in: "t").count == 20_000)
        }
    }
}
