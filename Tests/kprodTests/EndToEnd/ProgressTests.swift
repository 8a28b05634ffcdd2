// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What is shown where nothing is redrawn.
@Suite(.timeLimit(.minutes(2))) struct ProgressTests {
    private struct Object: Decodable {
        let elapsed_ms, read, delivered, failed, in_flight, bytes, records_per_second: Int
        let final: Bool
    }

    @Test func plainIsALineAnInterval() async throws {
        let arguments = ["demo", "-c", "50000", "--rtt", "150ms", "--progress", "plain", "--stats-interval", "100ms"]
        let outcome = try await KprodProcess.run(arguments)
        let lines = outcome.messages.filter { $0.hasPrefix("demo ") }
        #expect(lines.count > 2)
        #expect(lines.allSatisfy { !$0.contains("\u{1B}") && !$0.contains("\r") })
        #expect(outcome.output == "")
    }

    @Test func jsonIsAnObjectAnInterval() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("stats-\(UUID()).ndjson")
        defer { try? FileManager.default.removeItem(at: file) }
        let options = ["--progress", "json", "--stats-interval", "100ms", "--stats-file", file.path]
        let outcome = try await KprodProcess.run(["demo", "-c", "50000", "--rtt", "150ms", "--size", "10"] + options)
        func objects(_ lines: [String]) throws -> [Object] {
            try lines.filter { $0.hasPrefix("{") }.map { try JSONDecoder().decode(Object.self, from: Data($0.utf8)) }
        }
        let shown = try objects(outcome.messages)
        let kept = try objects(String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { String($0) })
        #expect(shown.count == kept.count)
        #expect(shown.count > 2)
        let last = try #require(kept.last)
        #expect(last.final && last.delivered == 50_000 && last.bytes == 500_000 && last.in_flight == 0)
        #expect(kept.dropLast().allSatisfy { !$0.final })
        #expect(kept.map(\.delivered) == kept.map(\.delivered).sorted())
    }

    @Test func loadingFilesShowsHowFarItIs() async throws {
        let line = String(repeating: "x", count: 99) + "\n"
        let files = try TemporaryFiles([
            "a": String(repeating: line, count: 400), "b": String(repeating: line, count: 100),
        ])
        let kprod = [
            "produce", "--mock", "-t", "t", "--rate", "1000/s", "--progress", "plain", "--stats-interval", "100ms",
        ]
        let outcome = try await KprodProcess.run(kprod + [files.path("a"), files.path("b")])
        let lines = outcome.messages.filter { $0.hasPrefix("t ") }
        #expect(lines.contains { $0.contains(#/^t +\d+% .* 39\.1 KiB\/48\.8 KiB  /#) }, "\(lines)")
        let json = ["--progress", "none", "--stats-file", files.path("s")]
        let stats = try await KprodProcess.run(["produce", "--mock", "-t", "t"] + json + [files.path("a")])
        #expect(stats.status == 0, "\(stats)")
        #expect(try files.text("s").contains("\"input_bytes\":40000,\"input_total_bytes\":40000"))
        let piped = try await KprodProcess.run(kprod, input: String(repeating: line, count: 500))
        #expect(piped.messages.contains { $0.contains(#/^t +[0-9]+ +read 48\.8 KiB /#) }, "\(piped.messages)")
    }

    @Test func nothingIsColouredUnlessAsked() async throws {
        let bad = ["produce", "-b", "localhost", "-t", "t", "/no/such/file"]
        func firstLine(_ options: [String], _ environment: [String: String] = [:]) async throws -> String {
            let plain = ["NO_COLOR": "", "CLICOLOR_FORCE": ""]
            let outcome = try await KprodProcess(
                bad + options,
                environment: plain.merging(environment) { $1 }
            ).finish()
            return outcome.messages.first ?? ""
        }
        #expect(try await firstLine([]).hasPrefix("kprod: "))
        #expect(try await firstLine([], ["CLICOLOR_FORCE": "1"]).hasPrefix("\u{1B}[31mkprod:\u{1B}[m "))
        #expect(try await firstLine([], ["CLICOLOR_FORCE": "0"]).hasPrefix("kprod: "))
        #expect(try await firstLine([], ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).hasPrefix("kprod: "))
        #expect(try await firstLine(["--color", "always"]).hasPrefix("\u{1B}[31m"))
        #expect(try await firstLine(["--color", "never"], ["CLICOLOR_FORCE": "1"]).hasPrefix("kprod: "))
    }

    @Test(arguments: [
        (["--stats-interval", "1s"], "--stats-interval needs"),
        (["--progress", "loud"], "is none of auto, bar, plain, json, none"),
        (["--progress", "plain", "--stats-interval", "1ms"], "is too short"),
        (["--color", "green"], "is none of auto, always, never"),
    ])
    func wrongWordsAreRefused(options: [String], text: String) async throws {
        let outcome = try await KprodProcess.run(["demo"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.messages.count == 1 && outcome.messages[0].contains(text), "\(outcome.messages)")
    }

    @Test func aStatsFileThatCannotBeWrittenStopsBeforeTheFirstRecord() async throws {
        let outcome = try await KprodProcess.run(["demo", "--stats-file", "/no/such/folder/file"])
        #expect(outcome.status == 74)
        #expect(outcome.messages.first?.contains("/no/such/folder/file: cannot be opened for writing: ") == true)
    }

    @Test func aSnapshotIsALine() async throws {
        let kprod = try KprodProcess(
            ["produce", "-b", "127.0.0.1:1", "-t", "t", "--drain-timeout", "100ms"],
            input: nil
        )
        // More than the pipe and the reader hold: when that is done, records are with the client.
        kprod.write(String(repeating: "line\n", count: 100_000))
        await kprod.wroteInput()
        kprod.signal(SIGUSR1)
        let text = await kprod.messages.wait(for: "after ")
        #expect(
            text.contains(
                #/after [0-9.]+ s; read [0-9,]+ \([0-9.]+ [KMG]?i?B\); delivered 0 \(0 B\) = 0\/s; in flight [1-9][0-9,]*; failed 0/#
            )
        )
        let state = await kprod.messages.wait(for: "driver: ")
        #expect(state.contains(#/\nAsyncProducer kprod#producer-1: accepting/#), "\(state)")
        #expect(
            state.contains(#/\naccount: [0-9]+ accepted = 0 succeeded \+ 0 failed \+ [1-9][0-9]* in flight\n/#),
            "\(state)"
        )
        kprod.signal(SIGTERM)
        _ = await kprod.finish()
    }
}
