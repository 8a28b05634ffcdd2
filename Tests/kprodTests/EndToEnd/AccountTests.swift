// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

/// The account is true: what it says failed is written down, and what it does not say was read was not.
@Suite(.timeLimit(.minutes(5))) struct AccountTests {
    private func produce(_ cluster: MockCluster, _ options: [String]) -> [String] {
        ["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + options
    }

    private func lineCount(_ path: String) throws -> Int {
        try Data(contentsOf: URL(fileURLWithPath: path)).count { $0 == 10 }
    }

    /// Many more than the library keeps for a reader that is late, by number and by size; nobody keeps them but the file.
    @Test(.namesCases) func everyFailureIsWrittenDown() async {
        await atOnce([(150_000, 6), (60, 900_000)]) { count, size in
            let files = try TemporaryFiles([
                "in": String(repeating: String(repeating: "x", count: size) + "\n", count: count)
            ])
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let outputs = [
                    "--dead-letter", files.path("d"), "--report", files.path("r"), "--checkpoint", files.path("c"),
                ]
                let arguments = produce(cluster, ["-p", "99"] + outputs + [files.path("in")])
                let outcome = try await KprodProcess.run(arguments)
                #expect(outcome.status == 69, "\(outcome)")
                #expect(try outcome.number("failed") == count)
                // And a line about the run.
                #expect(try lineCount(files.path("d")) == count + 1)
                #expect(try lineCount(files.path("r")) == count)
                let again = try await KprodProcess.run(arguments + ["--resume"])
                #expect(again.status == 0 && again.account.hasPrefix("delivered 0 "), "\(again)")
                #expect(try lineCount(files.path("d")) == count + 1)
            }
        }
    }

    /// Six bytes for each, whole: however long that takes after the end of the input.
    @Test func lettersOfControlCharactersAreComplete() async throws {
        let line = String(repeating: "\u{1}", count: 900_000) + "\n"
        let files = try TemporaryFiles(["in": String(repeating: line, count: 12)])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = produce(cluster, ["-p", "99", "--dead-letter", files.path("d"), files.path("in")])
            let outcome = try await KprodProcess.run(arguments)
            #expect(outcome.status == 69, "\(outcome)")
            #expect(try outcome.number("failed") == 12)
            #expect(try lineCount(files.path("d")) == 13)
        }
    }

    /// What is no record, or is too large, costs itself; the rest of the input is read.
    @Test(
        arguments: [
            (["-f", "%k %v\\n"], "a 1\nb \(String(repeating: "x", count: 3_000_000))\nc 3\n", "3,000,003 bytes", 1),
            (
                ["-f", "%K %k%v\\n"], "1 a1\n3000000 \(String(repeating: "k", count: 3_000_000))2\n1 c3\n", "3,000,010",
                1
            ),
            (["-f", "%V{hex8} %v;"], "01 1;c0 \(String(repeating: "x", count: 192));01 3;", "196 bytes", 1),
            (
                ["-f", "%V{ascii} %v"], "1 12000000 \(String(repeating: "v", count: 2_000_000))1 3", "2,000,008 bytes",
                1
            ),
            (["-f", "%p %v\\n"], "0 1\nx 2\n0 3\n", "is no number", 65),
            (["-f", "%K %v\\n"], "1 1\n-1 2\n1 3\n", "a size of -1", 65),
        ] as [([String], String, String, Int32)]
    )
    func oneBadRecordCostsOnlyItself(options: [String], input: String, message: String, status: Int32) async throws {
        let files = try TemporaryFiles(["in": input])
        let limit = input.contains("c0 ") ? ["--max-record-bytes", "100"] : ["--max-record-bytes", "1000000"]
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.run(produce(cluster, options + limit + [files.path("in")]))
            #expect(outcome.status == status, "\(outcome.messages.map { $0.prefix(300) })")
            #expect(outcome.messages.contains { $0.contains(message) }, "\(outcome.messages.map { $0.prefix(300) })")
            #expect(try outcome.number("failed") == 1 && outcome.number("delivered") == 2)
            #expect(try await cluster.records(in: "t").map { $0.valueText?.last } == ["1", "3"])
        }
    }

    /// What cannot go on says where it stopped, and the next run begins there.
    @Test(
        arguments: [
            (
                ["--frame", "u32be"], "\0\0\0\u{1}a" + "\u{7f}\0\0\0" + "rest", "\0\0\0\u{1}a" + "\0\0\0\u{1}b",
                "byte 5"
            ),
            (["--frame", "varint"], "\u{1}a" + "\u{9}short", "\u{1}a" + "\u{1}b", "byte 2"),
            (["-f", "%K{hex8}%k%V{hex8}%v"], "01k01azz", "01k01a01l01b", "byte 6"),
            (["-f", "%V{ascii} %v"], "1 a-1 b", "1 a1 b", "byte 3"),
            (["-f", "%V{ascii} %v"], "1 a9223372036854775807 b", "1 a1 b", "byte 3"),
        ] as [([String], String, String, String)]
    )
    func anInputThatStopsIsNotComplete(options: [String], bad: String, good: String, place: String) async throws {
        let files = try TemporaryFiles(["in": bad])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = produce(cluster, options + ["--checkpoint", files.path("c"), files.path("in")])
            for isResumed in [false, true] {
                let outcome = try await KprodProcess.run(arguments + (isResumed ? ["--resume"] : []))
                #expect(outcome.status == 65, "\(outcome)")
                #expect(
                    outcome.messages.contains {
                        $0.contains("(at \(files.path("in")):2): ") && $0.contains("; the rest of ")
                            && $0.contains("from \(place) on, was not sent")
                    },
                    "\(outcome.messages)"
                )
                #expect(outcome.messages.contains { $0.contains("not all of the input is done") })
                #expect(try outcome.number("delivered") == (isResumed ? 0 : 1))
            }
            // Mended.
            try Data(good.utf8).write(to: URL(fileURLWithPath: files.path("more")))
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: files.path("in")))
            try handle.truncate(atOffset: 0)
            try handle.write(contentsOf: Data(good.utf8))
            try handle.close()
            var file = try JSONDecoder().decode(
                CheckpointFile.self,
                from: Data(contentsOf: URL(fileURLWithPath: files.path("c")))
            )
            #expect(file.inputs[0].acked_records == 1)
            // It is another file now, as far as can be seen; the place is what counts here.
            file.inputs[0].file = try FileIdentity.read(FilePath(files.path("in")))
            try file.write(to: files.path("c"))
            let mended = try await KprodProcess.run(arguments + ["--resume"])
            #expect(mended.status == 0, "\(mended)")
            #expect(try mended.number("delivered") == 1)
            #expect(try await cluster.records(in: "t").count == 2)
        }
    }

    /// The path as it is, however long; messages show the beginning.
    @Test func aReportNamesTheWholePath() async throws {
        let name = String(repeating: "n", count: 250)
        let files = try TemporaryFiles([name: "a\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.run(produce(cluster, ["--report", "-", files.path(name)]))
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("\"src\":\"\(files.path(name))\""))
        }
    }

    /// What was taken out of a pipe and not sent is said.
    @Test func aLineWithoutAnEndIsNotLostInSilence() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(produce(cluster, []), input: nil)
            kprod.write("one\ntwo without an end")
            while try await cluster.records(in: "t").isEmpty { await Task.yield() }
            kprod.signal(SIGTERM)
            let outcome = await kprod.finish()
            #expect(outcome.isSignal && outcome.status == SIGTERM)
            #expect(
                outcome.messages.contains("kprod: stdin: 18 bytes from line 2 on were read and not sent"),
                "\(outcome)"
            )
        }
    }

    /// The time begins when there is something to send, and not with a line that is no record.
    @Test func waitingForBrokersBeginsWithTheFirstRecord() async throws {
        let kprod = try KprodProcess(
            ["produce", "-b", "127.0.0.1:1", "-t", "t", "--format", "json", "--wait-broker", "1s"],
            input: nil
        )
        kprod.write("no record\n")
        try await Task.sleep(for: .milliseconds(700))
        let start = ContinuousClock.now
        kprod.write("{\"value\":1}\n")
        let outcome = await kprod.finish()
        #expect(start.duration(to: .now) > .milliseconds(900))
        #expect(outcome.status == 69, "\(outcome)")
        #expect(outcome.messages.contains { $0.contains("nothing could be delivered to 127.0.0.1:1 within 1 s") })
    }

    /// What only looked like the end of a line is sent whole by the run that goes on.
    @Test(arguments: [true, false]) func aLineThatHasGrownIsNotCut(isFile: Bool) async throws {
        let files = try TemporaryFiles(["in": "1\n2"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = produce(cluster, ["--checkpoint", files.path("c"), "--resume"])
            for text in ["1\n2", "1\n2", "1\n23", "1\n23\n", "1\n23\n4\n"] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: files.path("new")))
                let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: files.path("in")))
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
                let outcome = try await KprodProcess.run(
                    arguments + (isFile ? [files.path("in")] : []),
                    input: isFile ? "" : text
                )
                #expect(outcome.status == 0, "\(outcome)")
            }
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["1", "2", "23", "4"])
        }
    }

    /// The advice can be pasted, and names only what it can do.
    @Test func theAdviceToReplayIsACommandLine() async throws {
        let files = try TemporaryFiles(["it's bad.dlq": "", "my conf": "linger.ms=300\n", "secret": "s"])
        let letters = files.path("it's bad.dlq")
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failNext(.produce, with: .policyViolation)
            let options = [
                "-F", files.path("my conf"), "-X", "batch.size=20000", "-X", "sasl.password=geheim",
                "-X", "ssl.key.password=@\(files.path("secret"))", "--format", "json", "--dead-letter", letters,
            ]
            let outcome = try await KprodProcess.run(
                produce(cluster, options),
                input: "{\"value\":1}\nno record\n{\"value\":2}\n"
            )
            let servers = cluster.bootstrapServers[0]
            let quoted = "'" + letters.replacing("'", with: "'\\''") + "'"
            let advice = try #require(outcome.messages.first { $0.contains("can be sent again with: ") })
            #expect(
                advice.hasPrefix("kprod: 2 records can be sent again with: kprod replay -F '\(files.path("my conf"))' ")
                    && advice.contains(" -b \(servers)") && advice.contains(" -X batch.size=20000")
                    && advice.contains(" -X ssl.key.password=@\(files.path("secret")) ")
                    && advice.hasSuffix(quoted) && !outcome.messages.joined().contains("geheim"),
                "\(outcome)"
            )
            #expect(outcome.messages.contains { $0.contains("1 × no record in ") })
            let line = advice.components(separatedBy: " with: kprod ")[1]
            let executable = try #require(KprodProcess.executable).path
            let replay = try await KprodProcess(["-c", "'\(executable)' \(line)"], path: "/bin/sh").finish()
            // What never was a record still is none.
            #expect(replay.status == 65 && replay.account.hasPrefix("delivered 2 "), "\(replay)")
        }
    }
}
