// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// The command against brokers that are well.
@Suite(.timeLimit(.minutes(2)), .serialized, .needsBroker, .needsCommand, .brokerLogs)
struct CommandTests {
    private func options(_ servers: [String], _ topic: String) -> [String] {
        ["-b", servers.joined(separator: ","), "-t", topic]
    }

    @Test func recordsArrive() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, partitions: 3) { topic in
            let lines = (0..<5_000).map { "key-\($0 % 10):value \($0)\n" }.joined()
            let outcome = try await Kprod.run(
                ["produce"] + options(servers, topic) + ["-K:", "-H", "trace=abc", "-z", "zstd"],
                input: .text(lines)
            )
            #expect(outcome.isSuccess, "\(outcome.errors)")
            #expect(try outcome.number("delivered") == 5_000)
            let records = try await LogRecord.all(of: topic, on: servers)
            #expect(records.count == 5_000)
            #expect(records.allSatisfy { $0.headers == ["trace", "abc"] })
            for (key, records) in Dictionary(grouping: records, by: \.key) {
                let digit = try #require(key?.last.flatMap { Int(String($0)) })
                #expect(records.map(\.payload) == stride(from: digit, to: 5_000, by: 10).map { "value \($0)" })
            }
        }
    }

    /// The same words to both, and the same in the log.
    @Test func kcatsCommandLineDoesTheSame() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, partitions: 4) { ours in
            try await withTopic(on: servers, partitions: 4) { theirs in
                let input = "a:1\nb:\n:3\nno key\nü:é\n\na:b:c\n"
                for options in [["-K:"], ["-K:", "-Z"], ["-p", "2"], ["-z", "lz4", "-X", "acks=1"], ["-D;"]] {
                    for (program, topic) in [(try #require(Kprod.path), ours), ("kcat", theirs)] {
                        let words = ["-P"] + self.options(servers, topic) + options
                        let outcome = try await ToolProcess.run([program] + words, input: .text(input))
                        #expect(outcome.isSuccess, "\(program) \(words): \(outcome.errors)")
                    }
                }
                let (left, right) = (
                    try await LogRecord.all(of: ours, on: servers), try await LogRecord.all(of: theirs, on: servers)
                )
                func described(_ records: [LogRecord]) -> [String] {
                    records.map {
                        "\($0.key.map { "\"\($0)\"" } ?? "null") \($0.payload.map { "\"\($0)\"" } ?? "null")"
                    }
                    .sorted()
                }
                #expect(described(left) == described(right))
                // Records with an empty key, or none, go anywhere.
                func places(_ records: [LogRecord]) -> Set<String> {
                    Set(
                        records.compactMap { record in
                            record.key.flatMap { $0.isEmpty ? nil : "\($0) \(record.partition)" }
                        }
                    )
                }
                #expect(places(left) == places(right))
            }
        }
    }

    /// What the topic does not take is a failure with its name, and the rest arrives.
    @Test func aRecordTheTopicRefuses() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, settings: ["max.message.bytes": "1500"]) { topic in
            let long = String(repeating: "x", count: 3_000)
            let outcome = try await Kprod.run(
                ["produce"] + options(servers, topic) + ["-X", "batch.size=1400"],
                input: .text("one\n\(long)\ntwo\n")
            )
            #expect(outcome.status == 1 && !outcome.isSignal, "\(outcome.errors)")
            #expect(try outcome.number("delivered") == 2)
            #expect(try outcome.number("failed") == 1)
            #expect(
                outcome.errors.contains("MESSAGE_TOO_LARGE") || outcome.errors.contains("too large"),
                "\(outcome.errors)"
            )
            #expect(
                try await LogRecord.all(of: topic, on: servers).map(\.payload).sorted { $0 ?? "" < $1 ?? "" } == [
                    "one", "two",
                ]
            )
        }
    }

    /// Stopped in the middle of its input: what it says it delivered is what is in the log.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aSignalDrains(signal: Int32) async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers) { topic in
            let kprod = try Kprod.start(["produce"] + options(servers, topic), input: .pipe)
            kprod.write(Data((0..<20_000).map { "line \($0)\n" }.joined().utf8))
            await kprod.wroteInput()
            kprod.signal(signal)
            let outcome = try await kprod.finish()
            #expect(outcome.isSignal && outcome.status == signal, "\(outcome.errors)")
            let delivered = try outcome.number("delivered")
            #expect(delivered > 0)
            #expect(outcome.account.contains("failed 0; undelivered 0"), "\(outcome.errors)")
            let values = try await LogRecord.all(of: topic, on: servers).map(\.payload)
            #expect(values == (0..<delivered).map { "line \($0)" })
        }
    }
}
