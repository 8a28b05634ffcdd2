// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import kprod

/// The scripts in the shells they are for.
@Suite(.timeLimit(.minutes(3))) struct ShellTests {
    private static func path(_ shell: String) -> String? {
        ["/bin", "/usr/bin", "/usr/local/bin"].map { "\($0)/\(shell)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What bash would put in place of the last word, or of its last piece.
    private func bash(_ line: String) async throws -> [String] {
        let script = """
            source <("$1" completions bash)
            COMP_LINE="$1 $2"; COMP_POINT=${#COMP_LINE}
            _kprod
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let kprod = try #require(KprodProcess.executable).path
        let shell = try #require(Self.path("bash"))
        let outcome = try await KprodProcess(["--norc", "-c", script, "bash", kprod, line], path: shell).finish()
        #expect(outcome.messages == [])
        return outcome.output.split(separator: "\n").map { String($0) }
    }

    private func fish(_ line: String) async throws -> [String] {
        let folder = try #require(KprodProcess.executable).deletingLastPathComponent().path
        let script = "set -x PATH '\(folder)' $PATH; kprod completions fish | source; complete -C 'kprod \(line)'"
        let home = try TemporaryFiles([:])
        let environment = ["HOME": home.folder.path, "XDG_CONFIG_HOME": home.folder.path]
        let shell = try #require(Self.path("fish"))
        let outcome = try await KprodProcess(["-c", script], environment: environment, path: shell).finish()
        return outcome.output.split(separator: "\n").compactMap { $0.split(separator: "\t").first.map { String($0) } }
    }

    @Test(.enabled(if: path("bash") != nil)) func bashCompletes() async throws {
        let files = try TemporaryFiles(["orders.txt": "", "other": ""])
        #expect(try await bash("prod") == ["produce"])
        #expect(try await bash("produce --check-t") == ["--check-topic"])
        #expect(try await bash("produce -z ") == ["none", "gzip", "snappy", "lz4", "zstd"])
        // Bash breaks words at = and : and replaces the last piece.
        #expect(try await bash("produce -X linger.m") == ["linger.ms="])
        #expect(try await bash("produce -X security.protocol=sasl_s") == ["sasl_ssl"])
        #expect(try await bash("produce --acks=a") == ["all"])
        #expect(try await bash("produce \(files.path("ord"))") == [files.path("orders.txt")])
        #expect(try await bash("produce -F\(files.path("ord"))") == ["-F\(files.path("orders.txt"))"])
        #expect(try await bash("produce --config=\(files.path("ord"))") == [files.path("orders.txt")])
        #expect(try await bash("-Pb x -T -z zs") == ["zstd"])
    }

    @Test(.enabled(if: path("fish") != nil, "fish is not installed")) func fishCompletes() async throws {
        #expect(try await fish("prod") == ["produce"])
        #expect(try await fish("produce --check-t") == ["--check-topic"])
        #expect(try await fish("produce -z l") == ["lz4"])
        #expect(try await fish("produce -X security.protocol=sasl_s") == ["security.protocol=sasl_ssl"])
        #expect(try await fish("config ") == ["check", "dump", "list"])
    }

    /// Typed on a terminal, with the tab key.
    @Test(.needsTmux, arguments: ["bash", "zsh"]) func theTabKeyCompletes(shell: String) async throws {
        guard let path = Self.path(shell) else { return }
        let folder = try #require(KprodProcess.executable).deletingLastPathComponent().path
        try await withTerminal { window in
            let start = shell == "zsh" ? "PS1='$ ' \(path) -f" : "true"
            try await window.enter("export PATH='\(folder)':$PATH HOME=/nonexistent; clear; \(start)")
            if shell == "zsh" { try await window.enter("autoload -U compinit; compinit -D") }
            try await window.enter("source <(kprod completions \(shell)); clear; echo ready")
            try await window.wait { $0.hasPrefix("ready") }
            for (typed, completed) in [
                ("kprod prod", "kprod produce "), ("--check-t", "--check-topic "),
                ("-X security.prot", "-X security.protocol="),
                ("sasl_s", "sasl_ssl "), ("--acks=a", "--acks=all "),
            ] {
                try await window.type(typed)
                try await window.press("Tab")
                try await window.type("@")
                try await window.wait { $0.contains("\(completed)@") }
                try await window.press("BSpace")
            }
        }
    }

    @Test func topicsComeFromTheClusterAndAreKept() async throws {
        let home = try TemporaryFiles([:])
        let environment = ["HOME": home.folder.path, "XDG_CONFIG_HOME": home.folder.path]
        func topics(_ words: [String]) async throws -> [String] {
            let outcome = try await KprodProcess(["complete"] + words, environment: environment).finish()
            #expect(outcome.status == 0 && outcome.messages == [])
            return outcome.output.split(separator: "\n").map { String($0) }
        }
        let cluster = try await MockCluster(brokers: 1, topics: ["orders": 1, "logs": 1])
        let broker = cluster.bootstrapServers[0]
        let first = try await topics(["produce", "-b", broker, "-t", ""])
        let second = try await topics(["-Pb\(broker)", "--property", "acks=1", "-tor"])
        await cluster.shutdown()
        #expect(first == ["logs", "orders"])
        #expect(second == ["-tlogs", "-torders"])
        // The cluster is gone, and its topics are still known.
        #expect(try await topics(["topics", "-b", broker, ""]) == ["logs", "orders"])
        // Nobody there: nothing, and soon.
        let start = ContinuousClock.now
        #expect(try await topics(["topics", "-b", "127.0.0.1:1", ""]) == [])
        #expect(start.duration(to: .now) < .seconds(5))
        #expect(try await topics(["topics", ""]) == [])
    }

    @Test func profilesComeFromTheFile() async throws {
        let files = try TemporaryFiles(["a.conf": "acks=1\n[profile prod]\nacks=all\n[dev]\n"])
        let outcome = try await KprodProcess.run(["complete", "produce", "-F", files.path("a.conf"), "--profile", ""])
        #expect(outcome.output == "prod\ndev\n")
    }
}
