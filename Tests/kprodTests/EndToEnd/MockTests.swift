// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Faults of a mock cluster in a process of its own, by option and by word, and runs with a cluster of their own.
@Suite(.timeLimit(.minutes(2))) struct MockTests {
    private func servers(of mock: KprodProcess) async -> String {
        let line = await mock.output.wait(for: "\n")
        return String(line.dropFirst("BROKERS=".count).dropLast())
    }

    @Test func faultsComeFromTheCommandLine() async throws {
        let mock = try KprodProcess(["mock", "--topic", "t:1", "--fail", "Produce:POLICY_VIOLATION*1"])
        let servers = await servers(of: mock)
        let outcomes = [
            try await KprodProcess.run(["produce", "-b", servers, "-t", "t"], input: "a\n"),
            try await KprodProcess.run(["produce", "-b", servers, "-t", "t"], input: "b\n"),
        ]
        #expect(outcomes.map(\.status) == [1, 0], "\(outcomes)")
        mock.signal(SIGTERM)
        _ = await mock.finish()
    }

    @Test func wordsAreHeardWhileItRuns() async throws {
        let mock = try KprodProcess(["mock", "--topic", "t:1"], input: nil)
        let servers = await servers(of: mock)
        mock.write("fail Produce:POLICY_VIOLATION\nnonsense\n")
        _ = await mock.messages.wait(for: "nonsense")
        let failed = try await KprodProcess.run(["produce", "-b", servers, "-t", "t"], input: "a\n")
        #expect(failed.status == 1)
        // A broker that is down and comes back later: what is sent meanwhile arrives.
        mock.write("down 1\nup 1@500ms\n")
        _ = await mock.messages.wait(for: "mock: down 1\n")
        let late = try await KprodProcess.run(["produce", "-b", servers, "-t", "t"], input: "b\n")
        #expect(late.status == 0, "\(late)")
        mock.write("quit\n")
        let end = await mock.finish()
        #expect(end.status == 0 && !end.isSignal)
        #expect(
            end.messages == [
                "mock: fail Produce:POLICY_VIOLATION",
                "kprod: mock: \"nonsense\" is no fault; the words are rtt, fail, delay, down, up, leader, topic, "
                    + "topic-error, clear, help, quit",
                "mock: down 1", "mock: up 1@500ms",
            ]
        )
    }

    @Test func aRunCanHaveAClusterOfItsOwn() async throws {
        for arguments in [["produce", "--mock"], ["produce", "--mock=3"], ["-P", "--mock=2"]] {
            let outcome = try await KprodProcess.run(arguments + ["-t", "t"], input: "a\nb\n")
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try outcome.number("delivered") == 2)
        }
        let bench = try await KprodProcess.run(
            ["bench", "--mock", "--topic", "t", "--num-records", "100", "--throughput", "-1", "--rtt", "50ms"]
        )
        #expect(bench.status == 0)
        #expect(bench.output.hasPrefix("100 records sent, "))
        for wrong in [["--mock", "-b", "localhost"], ["--mock=0"], ["--mock=many"]] {
            #expect(try await KprodProcess.run(["produce", "-t", "t"] + wrong).status == 64)
        }
    }

    @Test func aDemoShowsWhatAnOutageCosts() async throws {
        let outcome = try await KprodProcess.run(
            ["demo", "-c", "20000", "--brokers", "1", "--down", "1", "--up", "1@1s", "--no-plot"]
        )
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.messages.contains("mock: up 1@1s"))
        let row = try #require(outcome.messages.first { $0.hasPrefix("since the call of send") })
        // Everything had to wait for it.
        let p50 = try #require(row.split(separator: " ").compactMap { Double($0) }.first)
        #expect(p50 > 500)
        #expect(!outcome.messages.contains { $0.contains("│") })
    }
}
