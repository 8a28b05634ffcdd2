// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Typing records, as a person does it.
@Suite(.needsTmux, .timeLimit(.minutes(2))) struct ConversationTests {
    @Test func eachLineIsAnsweredBeforeTheNext() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await withTerminal { window in
                let servers = cluster.bootstrapServers.joined(separator: ",")
                try await window.run("produce -b \(servers) -t t -K:")
                try await window.wait { $0.hasSuffix("Ctrl-D ends the input\n>") }
                try await window.enter("k:first")
                let first = try await window.wait { $0.contains("offset 0") && $0.hasSuffix("\n>") }
                #expect(first.contains(#/> k:first\n→ partition 0 offset 0 \([0-9.]+ ms\)\n>$/#), "\(first)")
                try await window.enter("")
                try await window.wait { $0.contains("→ skipped: an empty record") }
                // Pasted: several lines at once.
                try await window.enter("second\nthird")
                try await window.wait { $0.contains("offset 2 (") && $0.hasSuffix("\n>") }
                try await window.press("C-d")
                let end = try await window.wait { $0.hasSuffix("$") }
                #expect(end.contains("\ndelivered 3 (17 B) in "), "\(end)")
                #expect(end.contains("failed 0; undelivered 0; skipped 1"))
                let records = try await cluster.records(in: "t")
                #expect(records.map(\.valueText) == ["first", "second", "third"])
                #expect(records.map(\.keyText) == ["k", nil, nil])
            }
        }
    }

    /// The terminal's own editor keeps 4,095 bytes of a line.
    @Test func aLongLineIsWholeAndCanBeEdited() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await withTerminal(columns: 200) { window in
                let servers = cluster.bootstrapServers.joined(separator: ",")
                try await window.run("produce -b \(servers) -t t")
                try await window.wait { $0.hasSuffix("\n>") }
                for part in 0..<6 { try await window.type(String(repeating: "\(part)", count: 1_000)) }
                try await window.enter("end")
                try await window.wait { $0.contains("offset 0 (") && $0.hasSuffix("\n>") }
                try await window.type("wrong words")
                try await window.press("C-w")
                try await window.type("é")
                try await window.press("BSpace")
                try await window.wait { $0.hasSuffix("\n> wrong") }
                try await window.press("C-u")
                try await window.enter("right")
                try await window.wait { $0.contains("offset 1 (") && $0.contains("\n> right\n") }
                try await window.press("C-d")
                try await window.wait { $0.hasSuffix("$") }
                let values = try await cluster.records(in: "t").compactMap(\.valueText)
                #expect(values == [(0..<6).map { String(repeating: "\($0)", count: 1_000) }.joined() + "end", "right"])
                // The shell gets the terminal as it was.
                try await window.enter("stty -a | grep -o ' icanon' | tr -d ' '")
                try await window.wait { $0.contains("\nicanon\n") }
            }
        }
    }

    @Test(arguments: ["C-c", "C-z"]) func theTerminalIsGivenBack(key: String) async throws {
        try await withTerminal(columns: 200) { window in
            try await window.run("produce --mock -t t")
            try await window.wait { $0.hasSuffix("\n>") }
            try await window.press(key)
            try await window.wait { $0.hasSuffix("$") }
            try await window.enter("stty -a | grep -o ' icanon' | tr -d ' '")
            try await window.wait { $0.contains("\nicanon\n") }
            if key == "C-z" {
                try await window.enter("fg")
                try await window.enter("typed")
                try await window.wait { $0.contains("→ partition") }
                try await window.press("C-d")
                try await window.wait { $0.contains("delivered 1 ") && $0.hasSuffix("$") }
            }
        }
    }

    @Test func aFailureIsAnAnswerToo() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await withTerminal { window in
                let servers = cluster.bootstrapServers.joined(separator: ",")
                try await window.run("produce -b \(servers) -t t --max-record-bytes 10")
                try await window.wait { $0.hasSuffix("\n>") }
                try await cluster.failNext(.produce, with: .policyViolation)
                try await window.enter("bad")
                try await window.wait { $0.contains("→ failed: POLICY_VIOLATION: ") && $0.hasSuffix("\n>") }
                try await window.enter("much too long")
                try await window.wait { $0.contains("→ failed: MSG_SIZE_TOO_LARGE: ") || $0.contains("over the limit") }
                try await window.enter("good")
                try await window.wait { $0.contains("→ partition 0 offset ") && $0.hasSuffix("\n>") }
                try await window.press("C-d")
                let end = try await window.wait { $0.hasSuffix("$") }
                #expect(end.contains("delivered 1 (4 B)"))
                #expect(end.contains("failed 2; undelivered 0"))
            }
        }
    }

    @Test func aSignalEndsAWaitForAnAnswer() async throws {
        try await withTerminal { window in
            try await window.run("produce -b 127.0.0.1:1 -t t --drain-timeout 100ms")
            try await window.wait { $0.hasSuffix("\n>") }
            try await window.enter("lost")
            try await window.wait { $0.contains("waiting for 127.0.0.1:1 (") }
            try await window.press("C-c")
            let end = try await window.wait { $0.hasSuffix("$") }
            #expect(end.contains("undelivered 1"), "\(end)")
        }
    }

    @Test func noInputMeansNoQuestions() async throws {
        try await withTerminal { window in
            try await window.run("produce -b 127.0.0.1:1 -t t --no-input; echo status=$?")
            let end = try await window.wait { $0.contains("status=64") }
            #expect(end.contains("kprod: option --no-input: standard input is a terminal"))
        }
    }
}
