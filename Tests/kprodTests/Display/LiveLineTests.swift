// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The live line as a person sees it, in a real terminal.
@Suite(.needsTmux, .timeLimit(.minutes(2))) struct LiveLineTests {
    private func showsLine(_ screen: String) -> Bool { screen.contains(#/demo +\d+% .*\/s/#) }

    @Test func isRedrawnInPlaceAndGoesAway() async throws {
        try await withTerminal(columns: 120) { window in
            try await window.run("demo -c 20M --size 20")
            let during = try await window.wait { $0.contains(#/demo +\d+% .*\/s  in flight .*p50 .*failed 0/#) }
            #expect(during.split(separator: "\n").count { $0.hasPrefix("demo ") } == 1)
            try await window.press("C-c")
            let after = try await window.wait { $0.contains("delivered ") && $0.hasSuffix("$") }
            #expect(!after.contains("demo  "), "\(after)")
            #expect(after.contains("latency, ms "))
        }
    }

    @Test func fitsAWindowThatIsMadeSmaller() async throws {
        try await withTerminal(columns: 120) { window in
            try await window.run("demo -c 20M --size 20")
            try await window.wait { $0.contains("left") }
            try await window.resize(columns: 40)
            let screen = try await window.wait { screen in
                let last = screen.split(separator: "\n").last ?? ""
                return last.hasPrefix("demo ") && !last.contains("left") && last.count < 40
            }
            // What the terminal itself folded is one row; nothing is added to it.
            try await window.wait { $0 != screen && $0.split(separator: "\n").last?.hasPrefix("demo ") == true }
            let later = try await window.screen()
            #expect(later.split(separator: "\n").count == screen.split(separator: "\n").count)
            try await window.press("C-c")
            try await window.wait { $0.hasSuffix("$") }
        }
    }

    @Test func columnsBeatTheWindow() async throws {
        try await withTerminal(environment: ["COLUMNS": "30"]) { window in
            // The shell keeps COLUMNS for itself unless told otherwise.
            try await window.enter("export COLUMNS=30")
            try await window.run("demo -c 20M --size 20")
            let screen = try await window.wait { $0.contains(#/\ndemo +\d+% /#) }
            let last = try #require(screen.split(separator: "\n").last)
            #expect(last.count < 30, "\(screen)")
            try await window.press("C-c")
            try await window.wait { $0.hasSuffix("$") }
        }
    }

    @Test func leavesTheTerminalToTheShellWhileStopped() async throws {
        try await withTerminal { window in
            try await window.run("demo -c 20M --size 20")
            try await window.wait { showsLine($0) }
            try await window.press("C-z")
            let stopped = try await window.wait { $0.contains("Stopped") && $0.hasSuffix("$") }
            #expect(!showsLine(stopped))
            try await window.enter("fg")
            try await window.wait { showsLine($0) }
            try await window.press("C-c")
            let end = try await window.wait { $0.contains("delivered ") && $0.hasSuffix("$") }
            #expect(end.contains("failed 0; undelivered 0"))
        }
    }

    @Test func aSnapshotStaysAboveIt() async throws {
        try await withTerminal { window in
            try await window.run("demo -c 20M --size 20 & job=$!; sleep 0.2; kill -USR1 $job; fg")
            let screen = try await window.wait { $0.contains("after ") && showsLine($0) }
            #expect(screen.contains(#/after [0-9.]+ s; read [0-9,]+; delivered [0-9,]+ \(/#))
            try await window.press("C-c")
            try await window.wait { $0.hasSuffix("$") }
        }
    }

    /// A mock cluster in a process of its own is killed under the producer's feet.
    @Test(.namesCases) func anOutageIsYellowAndSaysWhoIsWaitedFor() async {
        await atOnce([("--color auto", true), ("--color never", false)]) { color, isYellow in
            let mock = try KprodProcess(["mock", "--topic", "t:1"])
            let line = await mock.output.wait(for: "\n")
            let servers = line.dropFirst("BROKERS=".count).dropLast()
            try await withTerminal { window in
                try await window.run("produce -b \(servers) -t t \(color) --drain-timeout 100ms < <(yes)")
                try await window.wait { $0.contains(#/\nt  [0-9.]+k  .*\/s/#) }
                mock.signal(SIGKILL)
                // Newer librdkafkas tell where the leader was, and not who.
                let screen = try await window.wait(styled: true) {
                    $0.contains(#/waiting for (broker-1|127\.0\.0\.1:\d+) \(2 s\)/#)
                }
                let row = screen.split(separator: "\n").last { $0.contains("waiting for") } ?? ""
                #expect(row.contains("\u{1B}[33m") == isYellow, "\(screen.debugDescription)")
                try await window.press("C-c")
                try await window.wait { $0.hasSuffix("$") && $0.contains("undelivered") }
            }
            _ = await mock.finish()
        }
    }
}

/// A benchmark whose two kinds of output are on one terminal.
@Suite(.needsTmux, .timeLimit(.minutes(1))) struct BenchOnATerminalTests {
    @Test func linesForProgramsAndForPeopleDoNotMix() async throws {
        try await withTerminal(columns: 200) { window in
            try await window.run(
                "bench --mock --topic t --num-records 3000 --throughput 2000 --reporting-interval 300 --no-plot"
            )
            let screen = try await window.wait { $0.contains("delivered 3,000 ") && $0.hasSuffix("$") }
            let rows = screen.split(separator: "\n").dropFirst()
            let total = try #require(rows.firstIndex { $0.hasPrefix("3000 records sent, ") }, "\(screen)")
            #expect(rows[..<total].count > 1)
            #expect(rows[..<total].allSatisfy { $0.contains(#/^\d+ records sent, .* ms max latency\.$/#) }, "\(screen)")
            #expect(rows[total + 1].hasPrefix("t: 3,000 records, "))
        }
    }
}
