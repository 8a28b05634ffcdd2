// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

@Suite(.timeLimit(.minutes(2))) struct BenchTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func run(_ cluster: MockCluster, _ arguments: [String]) async throws -> KprodProcess.Outcome {
        let servers = cluster.bootstrapServers.joined(separator: ",")
        return try await KprodProcess.run(["bench", "--bootstrap-server", servers, "--topic", "t"] + arguments)
    }

    @Test func speaksPerfTestsLanguage() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 4]) { cluster in
            let servers = cluster.bootstrapServers.joined(separator: ",")
            let arguments = [
                "bench", "--topic", "t", "--num-records", "20000", "--record-size", "50", "--throughput", "-1",
                "--producer-props", "bootstrap.servers=\(servers)", "linger.ms=1", "acks=all",
            ]
            let outcome = try await KprodProcess.run(arguments)
            #expect(outcome.status == 0, "\(outcome)")
            let lines = outcome.output.split(separator: "\n")
            let total =
                #/^20000 records sent, \d+\.\d{6} records\/sec \(\d+\.\d\d MB\/sec\), \d+\.\d\d ms avg latency, \d+\.\d\d ms max latency, \d+ ms 50th, \d+ ms 95th, \d+ ms 99th, \d+ ms 99\.9th\.$/#
            #expect(lines.count == 1 && lines[0].contains(total), "\(outcome.output)")
            #expect(try outcome.number("delivered") == 20_000)
            let records = try await cluster.records(in: "t")
            #expect(records.count == 20_000)
            #expect(records.allSatisfy { $0.value?.count == 50 && $0.key == nil })
        }
    }

    @Test func warmUpHasALineOfItsOwn() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let outcome = try await run(
                cluster,
                [
                    "--num-records", "3000", "--throughput", "10000", "--warmup-records", "1000",
                    "--reporting-interval", "50",
                ]
            )
            let lines = outcome.output.split(separator: "\n")
            #expect(
                lines.first
                    == "Warmup first 1000 records. Steady state results will print after the complete test summary."
            )
            #expect(lines.contains("In steady state."))
            #expect(lines.contains { $0.contains(#/^\d+ records sent, \d+\.\d records\/sec .* ms max latency\.$/#) })
            #expect(lines.dropLast().last?.hasPrefix("3000 records sent, ") == true)
            #expect(lines.last?.hasPrefix("2000 steady state records sent, ") == true, "\(outcome.output)")
        }
    }

    /// The schedule waits for nobody: a broker that stalls shows in the latency of everything that was due meanwhile.
    @Test func latencyCountsFromWhenARecordWasDue() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.setRoundTripTime(.milliseconds(200))
            // One request at a time with room for ten records: what comes while it is under way has to wait.
            let outcome = try await run(
                cluster,
                [
                    "--num-records", "100", "--throughput", "200", "--json", "-X", "queue.buffering.max.messages=10",
                    "-X", "max.in.flight=1", "-X", "linger.ms=0",
                ]
            )
            let result = try JSONDecoder().decode(BenchResult.self, from: Data(outcome.output.utf8))
            let run = try #require(result.runs.first)
            #expect(run.records == 100 && run.failed == 0)
            #expect(run.queueFullWaits > 0)
            // Ten requests of 200 ms for what was due within half a second.
            #expect(run.response.max > 1_200)
            #expect(run.response.p50 > run.service.p50 * 2, "\(outcome.output)")
            #expect(run.response.max >= run.send.max && run.send.max >= run.service.max)
        }
    }

    @Test func failuresAreCountedAndNoSuccess() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.failNext(.produce, with: .policyViolation)
            let outcome = try await run(
                cluster,
                ["--num-records", "1000", "--throughput", "100000", "-X", "batch.num.messages=100"]
            )
            #expect(outcome.status == 1, "\(outcome)")
            let failed = try outcome.number("failed")
            #expect(failed > 0)
            #expect(try outcome.number("delivered") + failed == 1_000)
            #expect(outcome.messages.contains { $0.contains("× POLICY_VIOLATION") })
            #expect(outcome.output.hasPrefix("\(1_000 - failed) records sent, "))
        }
    }

    @Test func runsAreRepeatedAndCompared() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 4]) { cluster in
            let files = ["a", "b"].map { folder.appendingPathComponent("\($0).json") }
            for file in files {
                let outcome = try await run(
                    cluster,
                    ["--num-records", "2000", "--repeat", "3", "--producers", "2", "--json"]
                )
                #expect(outcome.status == 0)
                #expect(outcome.messages.contains { $0.hasPrefix("run 2 of 3: ") })
                #expect(
                    outcome.messages.contains { $0.contains(#/^3 runs +median +min +max$/#) },
                    "\(outcome.messages)"
                )
                try Data(outcome.output.utf8).write(to: file)
                let result = try JSONDecoder().decode(BenchResult.self, from: Data(outcome.output.utf8))
                #expect(result.runs.map(\.records) == [2_000, 2_000, 2_000])
            }
            let outcome = try await KprodProcess.run(["bench", "--compare"] + files.map(\.path))
            #expect(outcome.status == 0)
            #expect(outcome.output.contains(#/\nrecords\/s +[0-9,]+ +[0-9,]+ +[+-][0-9.]+ %/#), "\(outcome.output)")
            #expect(try await KprodProcess.run(["bench", "--compare", files[0].path]).status == 64)
            #expect(try await KprodProcess.run(["bench", "--compare", files[0].path, "/no/such"]).status == 66)
            try Data("{}".utf8).write(to: files[1])
            #expect(try await KprodProcess.run(["bench", "--compare"] + files.map(\.path)).status == 65)
        }
    }

    @Test func filesAndTheOtherFormats() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let (svg, hdr) = (folder.appendingPathComponent("p.svg"), folder.appendingPathComponent("p.hgrm"))
            let payloads = folder.appendingPathComponent("payloads")
            try Data("one,two,three".utf8).write(to: payloads)
            let outcome = try await run(
                cluster,
                [
                    "--duration", "300ms", "--throughput", "1000", "--csv", "--plot", svg.path, "--hdr", hdr.path,
                    "--payload-file", payloads.path, "--payload-delimiter", ",", "--headers", "2,3",
                    "--key-distribution", "random", "--message-key-range", "5",
                ]
            )
            #expect(outcome.status == 0, "\(outcome)")
            // The schedule decides how many: one a millisecond.
            #expect(try outcome.number("delivered") == 300)
            let rows = outcome.output.split(separator: "\n").map { $0.split(separator: ",").count }
            #expect(rows.count == 2 && rows[0] == rows[1])
            #expect(try String(contentsOf: svg, encoding: .utf8).hasPrefix("<svg "))
            #expect(try String(contentsOf: hdr, encoding: .utf8).contains("Total count    =          300]"))
            let records = try await cluster.records(in: "t")
            #expect(Set(records.map { $0.valueText ?? "" }) == ["one", "two", "three"])
            #expect(Set(records.map { $0.keyText ?? "" }) == ["0", "1", "2", "3", "4"])
            #expect(records.allSatisfy { $0.headers.count == 2 })
        }
    }

    @Test func aSignalEndsItWithResults() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let servers = cluster.bootstrapServers.joined(separator: ",")
            let kprod = try KprodProcess(
                ["bench", "-b", servers, "-t", "t", "--duration", "1h", "--throughput", "1000", "--progress", "plain"]
                    + ["--stats-interval", "100ms"]
            )
            _ = await kprod.messages.wait(for: "/s")
            kprod.signal(SIGINT)
            let outcome = await kprod.finish()
            #expect(outcome.isSignal && outcome.status == SIGINT, "\(outcome)")
            #expect(outcome.messages.contains { $0.hasPrefix("kprod: interrupted: draining ") })
            #expect(outcome.messages.contains { $0.hasPrefix("throughput  ") })
            #expect(try outcome.number("delivered") > 0)
            #expect(try outcome.number("undelivered") == 0)
        }
    }

    @Test(arguments: [
        (["--num-records", "5", "--warmup-records", "5"], "must be less than --num-records"),
        (["--record-size", "5", "--payload-monotonic"], "exclude each other"),
        (["--num-records", "5", "--duration", "1s"], "exclude each other"),
        (["--message-key-range", "5", "--key-distribution", "none"], "needs --key-distribution"),
        (["word"], "takes no \"word\""),
        (["--throughput", "fast"], "is not a number of records a second"),
        (["--json", "--csv"], "exclude each other"),
    ])
    func whatCannotBeIsRefused(options: [String], text: String) async throws {
        let outcome = try await KprodProcess.run(["bench", "-b", "127.0.0.1:1", "-t", "t"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.messages.count == 1 && outcome.messages[0].contains(text), "\(outcome.messages)")
    }

    /// Found before the first record: a run may take hours.
    @Test func aPlotThatCannotBeWrittenStopsBeforeTheRun() async throws {
        let outcome = try await KprodProcess.run(["bench", "--mock", "--topic", "t", "--plot", "/no/such/folder/p.svg"])
        #expect(outcome.status == 74)
        #expect(outcome.messages.count == 1 && outcome.output.isEmpty, "\(outcome)")
        let same = try await KprodProcess.run([
            "bench", "--mock", "--topic", "t", "--plot", "/tmp/x", "--hdr", "/tmp/x",
        ])
        #expect(same.status == 64)
    }

    @Test func anUnreachableBrokerIsGivenUp() async throws {
        let outcome = try await KprodProcess.run(
            ["bench", "-b", "127.0.0.1:1", "-t", "t", "--num-records", "10", "--wait-broker", "300ms"]
        )
        #expect(outcome.status == 69, "\(outcome)")
        #expect(outcome.messages.contains { $0.contains("within 300 ms (--wait-broker)") })
    }
}
