// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import kprod

/// Files that are written: by several processes, beside a rotation, by nobody's reader, and for one purpose each.
@Suite(.timeLimit(.minutes(3))) struct OutputFileTests {
    private func produce(_ cluster: MockCluster, _ options: [String]) -> [String] {
        ["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + options
    }

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { String($0) }
    }

    @Test func twoProcessesShareTheirOutputs() async throws {
        let count = 5_000
        let files = try TemporaryFiles(["in": (1...count).map { "\($0)\n" }.joined()])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outputs = [
                "--dead-letter", files.path("d"), "--report", files.path("r"), "--stats-file", files.path("s"),
                "--stats-interval", "100ms",
            ]
            let arguments = produce(cluster, ["-p", "9", "--rate", "5000/s"] + outputs + [files.path("in")])
            let both = try (0..<2).map { _ in try KprodProcess(arguments) }
            for kprod in both {
                let outcome = await kprod.finish()
                #expect(try outcome.number("failed") == count)
            }
            for (name, expected) in [("d", 2 * count + 2), ("r", 2 * count)] {
                let lines = try lines(files.path(name))
                #expect(lines.count == expected, "\(name)")
                #expect(lines.allSatisfy { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil }, "\(name)")
            }
            #expect(try lines(files.path("s")).allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
            #expect(try lines(files.path("s")).count { $0.contains("\"final\":true") } == 2)
        }
    }

    /// As logrotate does it: a copy is made, and the file is cut to nothing.
    @Test func aFileThatIsCutShortGetsNoHole() async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(produce(cluster, ["--report", files.path("r")]), input: nil)
            kprod.write("one\n")
            let report = URL(fileURLWithPath: files.path("r"))
            while (try? Data(contentsOf: report))?.last != 10 { await Task.yield() }
            let handle = try FileHandle(forWritingTo: report)
            try handle.truncate(atOffset: 0)
            try handle.close()
            kprod.write("two\n")
            kprod.closeInput()
            #expect(await kprod.finish().status == 0)
            let text = try lines(files.path("r"))
            #expect(text.count == 1 && text[0].hasPrefix("{\"seq\":2,"), "\(text)")
        }
    }

    @Test func aResumedRunGoesOnWithItsReport() async throws {
        let files = try TemporaryFiles(["in": "1\n2\n3\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let report = ["--report", files.path("r"), "--report-format", "tsv", "--checkpoint", files.path("c")]
            let arguments = produce(cluster, report + [files.path("in")])
            #expect(try await KprodProcess.run(arguments + ["-c2"]).status == 0)
            #expect(try await KprodProcess.run(arguments + ["--resume"]).status == 0)
            let rows = try lines(files.path("r"))
            #expect(rows.map { $0.split(separator: "\t")[2] } == ["line", "1", "2", "3"], "\(rows)")
            // Another run begins another report.
            #expect(try await KprodProcess.run(arguments).status == 0)
            #expect(try lines(files.path("r")).count == 4)
        }
    }

    /// By what they are and not by how they are spelt; found before anything is read or written.
    @Test func oneFileHasOnePurpose() async throws {
        let files = try TemporaryFiles(["in": "a\n", "out": "kept\n"])
        let (input, output) = (files.path("in"), files.path("out"))
        let folder = files.folder.path
        try FileManager.default.linkItem(atPath: input, toPath: files.path("hard"))
        try FileManager.default.createSymbolicLink(atPath: files.path("soft"), withDestinationPath: output)
        let same: [[String]] = [
            ["--dead-letter", "\(folder)/./in", input], ["--report", files.path("hard"), input],
            ["--stats-file", files.path("hard"), input], ["--checkpoint", files.path("hard"), input],
            ["--dead-letter", files.path("soft"), "--report", output, input],
            ["--dead-letter", "\(folder)//new", "--stats-file", files.path("new"), input],
            ["--dead-letter", files.path("new"), "--checkpoint", "\(folder)/./new", input],
            ["--key-file", output, "--report", files.path("soft"), input],
        ]
        for options in same {
            let outcome = try await KprodProcess.run(["produce", "-b", "127.0.0.1:1", "-t", "t"] + options)
            #expect(outcome.status == 64, "\(options)")
            #expect(outcome.messages.first?.contains(" is the same file as ") == true, "\(outcome.messages)")
        }
        let streams = [
            "\(Self.command) produce -b 127.0.0.1:1 -t t --report - '\(input)' >> '\(input)'",
            "\(Self.command) produce -b 127.0.0.1:1 -t t --dead-letter '\(input)' < '\(input)'",
            "\(Self.command) produce -b 127.0.0.1:1 -t t --json --dead-letter '\(output)' '\(input)' >> '\(output)'",
        ]
        for line in streams {
            let outcome = try await KprodProcess(["-c", line], path: "/bin/sh").finish()
            #expect(outcome.status == 64, "\(line): \(outcome)")
        }
        #expect(try String(contentsOfFile: input, encoding: .utf8) == "a\n")
        // Standard output is where the account of the last one went.
        #expect(try String(contentsOfFile: output, encoding: .utf8).hasPrefix("kept\n{\"topic\":\"t\",\"read\":0,"))
        #expect(!FileManager.default.fileExists(atPath: files.path("new")))
    }

    /// A pipe is one thing, too; and two names may turn out to be one file only when it is there.
    @Test func onePipeHasOnePurpose() async throws {
        let files = try TemporaryFiles(["in": "a\n"])
        let (pipe, input) = (files.path("pipe"), files.path("in"))
        #expect(try await KprodProcess.shell("mkfifo '\(pipe)'").status == 0)
        try FileManager.default.createSymbolicLink(atPath: files.path("soft"), withDestinationPath: "new")
        let same = [
            "--report '\(pipe)' '\(pipe)'", "--report '\(pipe)' --dead-letter '\(pipe)' '\(input)'",
            "--json --report /dev/stdout '\(input)'",
            "--report '\(files.path("soft"))' --dead-letter '\(files.path("new"))' '\(input)'",
        ]
        for options in same {
            let outcome = try await KprodProcess.shell("kprod produce -b 127.0.0.1:1 -t t \(options)")
            #expect(outcome.status == 64, "\(options): \(outcome)")
            #expect(outcome.messages.first?.contains(" is the same file as ") == true, "\(outcome.messages)")
        }
    }

    private static var command: String { "'\(KprodProcess.executable?.path ?? "kprod")'" }

    /// A reader that takes nothing holds up neither the deadline nor a second signal.
    @Test(.namesCases) func aStuckReaderOfTheReportHoldsUpNothing() async {
        await atOnce([true, false]) { bySignal in
            let files = try TemporaryFiles(["in": (1...40_000).map { "\($0)\n" }.joined()])
            let pipe = files.path("pipe")
            #expect(try await KprodProcess([pipe], path: "/usr/bin/mkfifo").finish().status == 0)
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let limit = bySignal ? [] : ["--drain-timeout", "1s"]
                let kprod = try KprodProcess(produce(cluster, ["--report", pipe] + limit + [files.path("in")]))
                // Opened, and never read.
                let reader = try await Task.detached { try FileHandle(forReadingFrom: URL(fileURLWithPath: pipe)) }
                    .value
                if bySignal {
                    while try await cluster.records(in: "t").count < 5_000 { await Task.yield() }
                    kprod.signal(SIGTERM)
                    _ = await kprod.messages.wait(for: "draining")
                    kprod.signal(SIGTERM)
                }
                let outcome = await kprod.finish()
                #expect(bySignal ? outcome.isSignal && outcome.status == SIGTERM : outcome.status == 74, "\(outcome)")
                #expect(
                    outcome.messages.contains { $0.contains("pipe: nobody reads it: it is not complete") },
                    "\(outcome.messages)"
                )
                #expect(outcome.account.hasPrefix("delivered "))
                #expect(!outcome.messages.contains { $0.contains("does not add up") })
                try reader.close()
            }
        }
    }
}
