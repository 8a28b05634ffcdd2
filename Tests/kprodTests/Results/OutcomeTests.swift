// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Reports, dead letters and their replay.
@Suite(.timeLimit(.minutes(2))) struct OutcomeTests {
    private func lines(_ text: String) -> [String] { text.split(separator: "\n").map { String($0) } }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func aReportHasALinePerRecord() async throws {
        let files = try TemporaryFiles(["a.txt": "one\n\nk:two\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "-K:", "--report", "-"]
            let outcome = try await KprodProcess.run(arguments + [files.path("a.txt")])
            #expect(outcome.status == 0)
            let reports = try lines(outcome.output).map { try object($0) }
            #expect(reports.map { $0["seq"] as? Int } == [1, 2])
            #expect(reports.map { $0["line"] as? Int } == [1, 3])
            #expect(reports.map { $0["at"] as? Int } == [0, 5])
            #expect(reports.map { $0["offset"] as? Int } == [0, 1])
            #expect(reports.allSatisfy { $0["src"] as? String == files.path("a.txt") })
            #expect(reports.allSatisfy { $0["status"] as? String == "delivered" && $0["topic"] as? String == "t" })
            #expect(reports.allSatisfy { $0["partition"] as? Int == 0 && $0["latency_ms"] is Double })
            #expect(reports.allSatisfy { $0["timestamp"] is Int && $0["key"] == nil })
        }
    }

    @Test func aReportOfErrorsAsColumns() async throws {
        let files = try TemporaryFiles(["report": "from an earlier run"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--max-record-bytes", "3"]
            let report = ["--report", files.path("report"), "--report-format", "tsv", "--report-what", "errors"]
            #expect(try await KprodProcess.run(arguments + report, input: "a\nlong\n").status == 1)
            let rows = lines(try String(contentsOfFile: files.path("report"), encoding: .utf8))
            #expect(rows.count == 2)
            #expect(rows.first?.hasPrefix("seq\tsrc\tline\tat\tstatus\t") == true)
            #expect(rows.last?.hasPrefix("2\tstdin\t2\t2\tfailed\t") == true)
            #expect(rows.last?.contains("\t10\tMESSAGE_TOO_LARGE\t") == true)
        }
    }

    /// A broker refuses; what it refused is kept whole and sent again later.
    @Test func deadLettersAreReplayed() async throws {
        let files = try TemporaryFiles([:])
        let (letters, more) = (files.path("bad.dlq"), files.path("more.dlq"))
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let broker = ["-b", cluster.bootstrapServers[0]]
            try await cluster.failNext(.produce, with: .messageTooLarge, count: 4)
            var input = Data("k:v\n:".utf8) + Data([0xff, 0x00])
            input += Data("\nno key \"\\\t\n".utf8)
            let first = try await KprodProcess.run(
                [
                    "produce", "-t", "t", "-K:", "-H", "h=1", "-H", "n", "-p0", "--linger", "200ms", "--resend",
                    "--dead-letter", letters,
                ]
                    + broker,
                data: input
            )
            #expect(first.status == 1)
            #expect(first.account.hasSuffix("failed 3; undelivered 0; skipped 0; dead letters: \(letters)"))
            let text = lines(try String(contentsOfFile: letters, encoding: .utf8))
            #expect(text.count == 4)
            let letter = try object(text[1])
            #expect(
                letter["line"] as? Int == 1 && letter["src"] as? String == "stdin" && letter["partition"] as? Int == 0
            )
            #expect((letter["error"] as? [String: Any])?["name"] as? String == "MESSAGE_TOO_LARGE")

            let second = try await KprodProcess.run(["replay", letters, "--dead-letter", more] + broker)
            #expect(second.status == 0, "\(second)")
            #expect(second.account.hasPrefix("delivered 3 ") && second.account.hasSuffix("skipped 0"))
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.key) == [[107], [], nil])
            #expect(records.map(\.value) == [[118], [0xff, 0], Array("no key \"\\\t".utf8)])
            #expect(
                records.allSatisfy { $0.headers == [RecordHeader("h", "1"), RecordHeader("n", nil as KafkaBytes?)] }
            )
            #expect(try Data(contentsOf: URL(fileURLWithPath: more)).isEmpty)
        }
    }

    /// What is too long, or is no record, is kept as well; and letters are added, never lost.
    @Test func whatCannotBeSentIsKept() async throws {
        let files = try TemporaryFiles([:])
        let letters = files.path("bad.dlq")
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let produce = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--dead-letter", letters]
            let long = String(repeating: "x", count: 3_000)
            let limited = try await KprodProcess.run(produce + ["-Xmessage.max.bytes=2000"], input: "a\n\(long)\nb\n")
            #expect(limited.status == 1)
            let bad = try await KprodProcess.run(produce + ["--format", "json"], input: "nonsense\n{\"value\":1}")
            #expect(bad.status == 65)
            let text = lines(try String(contentsOfFile: letters, encoding: .utf8))
            #expect(try object(text[3])["raw"] as? String == "nonsense")
            let replay = try await KprodProcess.run(["replay", "-b", cluster.bootstrapServers[0], letters])
            #expect(replay.status == 65)
            let values = try await cluster.records(in: "t").map { $0.value?.count }
            #expect(values == [1, 1, 1, 3_000])
        }
    }

    @Test func aReportThatNobodyReadsEndsTheRun() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--report", "-"]
            let kprod = try KprodProcess(arguments, input: nil, readsOutput: false)
            kprod.write("a\n")
            let outcome = await kprod.finish()
            #expect(outcome.status == 74, "\(outcome)")
            #expect(outcome.messages.contains { $0.hasPrefix("kprod: stdout: cannot be written: Broken pipe") })
            #expect(outcome.account.hasPrefix("delivered 1 "))
        }
    }

    @Test func outputsThatCannotBe() async throws {
        let files = try TemporaryFiles(["in": "a\n"])
        let produce = ["produce", "-b", "127.0.0.1:1", "-t", "t"]
        let (input, nowhere) = (files.path("in"), files.path("no/where"))
        let cases: [([String], Int32, String)] = [
            (produce + ["--report", nowhere], 74, "kprod: \(nowhere): cannot be opened for writing: "),
            (
                produce + ["--dead-letter", input, input], 64,
                "kprod: option --dead-letter: \"\(input)\" is the same file"
            ),
            (produce + ["--report", input, input], 64, "kprod: option --report: \"\(input)\" is the same file as"),
            (produce + ["--report-what", "all"], 64, "kprod: option --report-what needs --report FILE"),
            (["replay", "-b", "127.0.0.1:1"], 64, "kprod: kprod replay needs a FILE"),
            (produce + ["--report", "-", "--json"], 64, "kprod: options --json and --report - both want"),
            (produce + ["--dead-letter-raw"], 64, "kprod: option --dead-letter-raw needs --dead-letter FILE"),
            (
                produce + ["--dead-letter", nowhere, "--dead-letter-raw", "--format", "file"], 64,
                "kprod: option --dead-letter-raw: only"
            ),
            (
                produce + ["--report", "r", "--report-format", "x"], 64,
                "kprod: option --report-format: \"x\" is none of ndjson"
            ),
        ]
        for (arguments, status, message) in cases {
            let outcome = try await KprodProcess.run(arguments)
            #expect(outcome.status == status, "\(arguments)")
            #expect(outcome.messages.first?.hasPrefix(message) == true, "\(outcome.messages)")
        }
        #expect(try String(contentsOfFile: input, encoding: .utf8) == "a\n")
    }

    /// With the same options, what was kept as it was read means the same again.
    @Test func rawDeadLettersAreInputAgain() async throws {
        let files = try TemporaryFiles([:])
        let (letters, again) = (files.path("bad"), files.path("again"))
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let broker = ["-b", cluster.bootstrapServers[0], "-t", "t", "-D;;", "-K:"]
            let first = try await KprodProcess.run(
                ["produce", "--max-record-bytes", "4", "--dead-letter", letters, "--dead-letter-raw"] + broker,
                data: Data("k:v;;long:er;;".utf8) + Data([0xff, 0xfe, 0x00, 0xff, 0x0a])
            )
            #expect(first.status == 1)
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: letters)) == Data("long:er;;".utf8)
                    + Data([0xff, 0xfe, 0, 0xff, 10]) + Data(";;".utf8)
            )
            let second = try await KprodProcess.run(["produce", "--dead-letter", again, letters] + broker)
            #expect(second.status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.key) == [[107], Array("long".utf8), nil])
            #expect(records.last?.value == [0xff, 0xfe, 0, 0xff, 10])
        }
    }

    /// A letter that cannot be sent again stays what it is, however often it is tried.
    @Test func aLetterOfNoRecordIsPassedOn() async throws {
        let files = try TemporaryFiles(["torn": "{\"key\":\"ab\","])
        let (once, twice) = (files.path("once"), files.path("twice"))
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let broker = ["-b", cluster.bootstrapServers[0]]
            let json = ["produce", "-t", "t", "--format", "json", "--dead-letter", once] + broker
            #expect(try await KprodProcess.run(json, input: "{\"value\":1}\nno JSON\n").status == 65)
            let letter = try #require(lines(try String(contentsOfFile: once, encoding: .utf8)).last)
            #expect(try object(letter)["raw"] as? String == "no JSON")
            #expect(try await KprodProcess.run(["replay", once, "--dead-letter", twice] + broker).status == 65)
            #expect(lines(try String(contentsOfFile: twice, encoding: .utf8)).last == letter)
            // Behind what a run that was killed left.
            let torn = ["replay", once, "--dead-letter", files.path("torn")] + broker
            #expect(try await KprodProcess.run(torn).status == 65)
            let all = lines(try String(contentsOfFile: files.path("torn"), encoding: .utf8))
            #expect(all.first == "{\"key\":\"ab\"," && all.last == letter && all.count == 3)
        }
    }

    /// What a signal drops is kept.
    @Test func whatIsDroppedIsKept() async throws {
        let files = try TemporaryFiles([:])
        let letters = files.path("bad.dlq")
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = [
                "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--dead-letter", letters, "--report", "-",
            ]
            let kprod = try KprodProcess(arguments, input: nil)
            kprod.write("a\n")
            _ = await kprod.output.wait(for: "\n")
            try await cluster.setRoundTripTime(.seconds(60))
            kprod.write("b\nc\n")
            await kprod.wroteInput()
            kprod.signal(SIGTERM)
            _ = await kprod.messages.wait(for: "draining")
            kprod.signal(SIGTERM)
            let outcome = await kprod.finish()
            #expect(outcome.isSignal && outcome.status == SIGTERM)
            let kept = try outcome.number("undelivered")
            let reports = try lines(outcome.output).map { try object($0)["status"] as? String }
            #expect(reports == ["delivered"] + Array(repeating: "undelivered", count: kept))
            if kept > 0 {
                #expect(lines(try String(contentsOfFile: letters, encoding: .utf8)).count == kept + 1)
            }
        }
    }

    @Test func theAccountAsAnObject() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = [
                "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--json", "--format", "json", "-q",
            ]
            let outcome = try await KprodProcess.run(arguments, input: "{\"value\":\"a\"}\n\nx\n")
            #expect(outcome.status == 65)
            let summary = try object(outcome.output)
            #expect(summary["exit"] as? Int == 65 && summary["topic"] as? String == "t")
            let counts = ["read", "delivered", "delivered_bytes", "failed", "unparsable", "undelivered", "skipped"]
            #expect(counts.map { summary[$0] as? Int } == [2, 1, 1, 1, 1, 0, 0])
            let errors = try #require(summary["errors"] as? [[String: Any]])
            #expect(errors.count == 1 && errors.first?["first"] as? String == "at stdin:3")
            let closed = try KprodProcess(arguments, input: Data("{\"value\":1}".utf8), readsOutput: false)
            #expect(await closed.finish().status == 74)
        }
    }
}
