// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

/// Runs that are killed, stopped or fail in part, and what the next one does about it.
@Suite(.timeLimit(.minutes(3))) struct CheckpointTests {
    private func checkpoint(_ path: String) throws -> CheckpointFile {
        try JSONDecoder().decode(CheckpointFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Waits for a checkpoint that names some of the records.
    private func begun(_ path: String) async throws -> CheckpointFile {
        while true {
            if let file = try? checkpoint(path), file.inputs[0].acked_records > 0 { return file }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Lines, and JSON over several lines; of a file, and of a pipe, which is read again from its beginning.
    @Test(.namesCases) func aKilledRunLosesNothing() async {
        await atOnce([("lines", true), ("lines", false), ("json", true), ("json", false)]) { format, isFile in
            let count = 30_000
            let text = (1...count).map {
                format == "json" ? "{\"key\":\"\($0 % 97)\",\n \"value\":\"\($0)\"}\n" : "\($0 % 97):\($0)\n"
            }.joined()
            let files = try TemporaryFiles(["in": text])
            let path = files.path("ckpt")
            try await withMockCluster(brokers: 3, topics: ["t": 6]) { cluster in
                var arguments = [
                    "produce", "-b", cluster.bootstrapServers.joined(separator: ","), "-t", "t", "--checkpoint", path,
                ]
                arguments += format == "json" ? ["--format", "json"] : ["-K:"]
                arguments += ["--resume"] + (isFile ? [files.path("in")] : [])
                let input = isFile ? Data() : Data(text.utf8)
                let first = try KprodProcess(arguments + ["--rate", "8000/s"], input: input)
                _ = try await begun(path)
                first.signal(SIGKILL)
                #expect(await first.finish().isSignal)
                let known = try checkpoint(path).inputs[0]
                #expect(known.records == nil && known.acked_records < count)

                let second = try await KprodProcess.run(arguments, data: input)
                #expect(second.status == 0, "\(second)")
                let done = known.sparse_acked.reduce(known.acked_records) { $0 + $1[1] - $1[0] + 1 }
                #expect(second.messages.first == "kprod: going on: \(NumberText.records(done)) are done (\(path))")
                #expect(try second.number("delivered") == count - done)

                var times = [Int](repeating: 0, count: count + 1)
                for record in try await cluster.records(in: "t") { times[Int(record.valueText ?? "") ?? 0] += 1 }
                #expect(times[0] == 0 && times.dropFirst().allSatisfy { $0 > 0 })
                #expect(times[1..<known.acked_records + 1].allSatisfy { $0 == 1 })
                #expect(known.sparse_acked.allSatisfy { run in times[run[0]...run[1]].allSatisfy { $0 == 1 } })

                let last = try checkpoint(path)
                #expect(last.isComplete && last.inputs[0].records == count)
                // A JSON value ends before its line does.
                #expect(last.inputs[0].acked_bytes == text.utf8.count - (format == "json" ? 1 : 0))
                let third = try await KprodProcess.run(arguments, data: input)
                #expect(third.status == 0)
                #expect(try third.number("delivered") == 0)
            }
        }
    }

    /// What failed is sent again, unless it is a dead letter.
    @Test(arguments: [true, false]) func failedRecords(hasDeadLetters: Bool) async throws {
        let files = try TemporaryFiles(["in": "a\n\ntoo long\nb\n"])
        let (path, letters) = (files.path("ckpt"), files.path("dlq"))
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let produce =
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--checkpoint", path, files.path("in")]
                + (hasDeadLetters ? ["--dead-letter", letters] : [])
            let first = try await KprodProcess.run(produce + ["--max-record-bytes", "4"])
            #expect(first.status == 1)
            let input = try checkpoint(path).inputs[0]
            #expect(input.acked_records == (hasDeadLetters ? 4 : 2) && input.records == 4)
            #expect(input.sparse_acked == (hasDeadLetters ? [] : [[4, 4]]) && input.line == (hasDeadLetters ? 5 : 3))
            let hint = "kprod: not all of the input is done: repeat the command line with --checkpoint \(path) --resume"
            #expect(first.messages.contains(hint) == !hasDeadLetters)
            if !hasDeadLetters { #expect(try await KprodProcess.run(produce).status == 64) }

            let second = try await KprodProcess.run(produce + ["--resume"])
            #expect(second.status == 0, "\(second)")
            let more = hasDeadLetters ? [] : ["∅,too long"]
            #expect(try await written(cluster, "t") == ["∅,a", "∅,b"] + more)
            #expect(try checkpoint(path).isComplete)
        }
    }

    /// What a second signal drops is left to the next run, and is no dead letter.
    @Test func aStoppedRunGoesOn() async throws {
        let files = try TemporaryFiles([:])
        let (path, letters) = (files.path("ckpt"), files.path("dlq"))
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let produce = [
                "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--checkpoint", path, "--resume",
                "--dead-letter", letters,
            ]
            let first = try KprodProcess(produce, input: nil)
            first.write("1\n")
            _ = try await begun(path)
            try await cluster.setRoundTripTime(.seconds(60))
            first.write("2\n3\n")
            await first.wroteInput()
            first.signal(SIGTERM)
            _ = await first.messages.wait(for: "draining")
            first.signal(SIGTERM)
            #expect(await first.finish().isSignal)
            #expect(try Data(contentsOf: URL(fileURLWithPath: letters)).isEmpty)
            try await cluster.setRoundTripTime(.zero)
            let second = try await KprodProcess.run(produce, input: "1\n2\n3\n4\n")
            #expect(second.status == 0, "\(second)")
            let values = try await cluster.records(in: "t").compactMap(\.valueText)
            #expect(Set(values) == ["1", "2", "3", "4"] && values.filter { $0 == "1" }.count == 1)
        }
    }

    /// Numbers that somebody wrote into it end nothing but the run.
    @Test(
        arguments: [
            ("\"acked_records\":1", "\"acked_records\":9223372036854775807"),
            ("\"acked_records\":1", "\"acked_records\":-1"),
            ("\"sparse_acked\":[]", "\"sparse_acked\":[[3,9223372036854775807]]"),
            ("\"sparse_acked\":[]", "\"sparse_acked\":[[3]]"),
            ("\"acked_bytes\":2", "\"acked_bytes\":9223372036854775807"),
            ("\"line\":2", "\"line\":9223372036854775807"), ("\"head_bytes\":4", "\"head_bytes\":-4"),
            ("\"head_bytes\":4", "\"head_bytes\":1e300"), ("\"inputs\":", "\"inputs\""),
            ("\"kprod_checkpoint\":1", "\"kprod_checkpoint\":2"),
        ]
    )
    func whatSomebodyHasEdited(text: String, edited: String) async throws {
        let files = try TemporaryFiles(["in": "1\n2\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let produce = [
                "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--checkpoint", files.path("c"), "--resume",
                files.path("in"),
            ]
            #expect(try await KprodProcess.run(produce + ["-c1"]).status == 0)
            let known = try files.text("c")
            #expect(known.contains(text), "\(known)")
            try Data(known.replacing(text, with: edited).utf8).write(to: URL(fileURLWithPath: files.path("c")))
            let outcome = try await KprodProcess.run(produce)
            #expect(outcome.status == 66 && !outcome.isSignal, "\(outcome)")
            #expect(
                outcome.messages.contains { $0.contains("is no checkpoint of kprod; name another file") },
                "\(outcome)"
            )
            #expect(try await cluster.records(in: "t").count == 1)
        }
    }

    /// Before anything is sent.
    @Test func aCheckpointThatCannotBeKeptIsRefused() async throws {
        let files = try TemporaryFiles(["in": "1\n"])
        let pipe = files.path("pipe")
        #expect(try await KprodProcess.shell("mkfifo '\(pipe)'").status == 0)
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            for (path, status) in [(files.path("no/where"), 74), ("/proc/point", 74), (pipe, 66)] as [(String, Int32)] {
                let outcome = try await KprodProcess.run([
                    "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--checkpoint", path, files.path("in"),
                ])
                #expect(outcome.status == status && outcome.account.hasPrefix("delivered 0 "), "\(outcome)")
            }
            #expect(try await cluster.records(in: "t").isEmpty)
        }
    }

    @Test func whatDoesNotBelongTogether() async throws {
        let files = try TemporaryFiles(["a": "1\n2\n", "b": "1\n2\n", "no": "{}"])
        let path = files.path("ckpt")
        try await withMockCluster(brokers: 1, topics: ["t": 1, "u": 1]) { cluster in
            let produce = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--resume", "--checkpoint"]
            #expect(try await KprodProcess.run(produce + [path, "-c1", files.path("a")]).status == 0)
            try Data("2\n1\n3\n".utf8).write(to: URL(fileURLWithPath: files.path("c")))
            let cases: [([String], Int32, String)] = [
                (produce + [path, files.path("b")], 64, "is of other inputs: \(files.path("a"));"),
                (produce + [path, files.path("a"), "-t", "u"], 64, "is for the topic t;"),
                (
                    produce + [path, files.path("a"), "-D,"], 64,
                    "is for another --format, -D or -K (lines ending in [10]);"
                ),
                (produce + [files.path("no"), files.path("a")], 66, "is no checkpoint of kprod; name another file"),
                (
                    produce + [path, files.path("a"), "--skip", "1"], 64,
                    "options --checkpoint and --skip exclude each other"
                ),
                (["produce", "-b", "x", "-t", "t", "--resume"], 64, "option --resume needs --checkpoint FILE"),
                (produce + [files.path("no/where"), files.path("a")], 74, "cannot be written: "),
            ]
            for (arguments, status, message) in cases {
                let outcome = try await KprodProcess.run(arguments)
                #expect(outcome.status == status && outcome.messages.contains { $0.contains(message) }, "\(outcome)")
            }
            try Data("2\n1\n".utf8).write(to: URL(fileURLWithPath: files.path("a")))
            let changed = try await KprodProcess.run(produce + [path, files.path("a")])
            #expect(
                changed.status == 64
                    && changed.messages.contains { $0.contains("is not the file of the checkpoint any more") }
            )
        }
    }
}
