// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

/// Every pair of options of `produce`: what does nothing together is refused by name, and nothing else is.
@Suite struct OptionPairTests {
    /// A value for each option that takes one.
    private static let values: [String: String] = [
        "brokers": "x:1", "bootstrap-server": "x:1", "broker-list": "x:1", "topic": "t", "partition": "0",
        "property": "linger.ms=1", "producer-property": "linger.ms=1", "command-property": "linger.ms=1",
        "config": "/dev/null", "command-config": "/dev/null", "producer.config": "/dev/null", "profile": "p",
        "compression": "zstd", "acks": "all", "linger": "1ms", "delivery-timeout": "1s", "wait-broker": "1s",
        "format": "lines", "preserve": "all", "missing-value": "empty", "unknown-members": "ignore",
        "delimiter": ";", "key-delimiter": ":", "key": "k", "header": "a=b", "value": "v", "null-marker": "N",
        "empty": "send", "max-record-bytes": "10", "template": "%v\\n", "frame": "u32be", "key-separator": ":",
        "reader-property": "parse.key=true", "key-file": "/dev/null", "timestamp": "now", "key-encoding": "text",
        "value-encoding": "json", "header-encoding": "text", "schema-id": "1", "key-json": "/a", "header-json": "/a",
        "partition-json": "/a", "count": "1", "skip": "1", "repeat": "2", "rate": "1/s", "on-error": "stop",
        "max-errors": "1", "drain-timeout": "1s", "report": "r", "report-format": "tsv", "report-what": "errors",
        "dead-letter": "d", "checkpoint": "c", "progress": "plain", "stats-interval": "1s", "stats-file": "s",
        "partitions": "3",
        "replication-factor": "1",
        "color": "never",
    ]

    /// What an option needs to mean anything.
    private static let companions: [String: [String]] = [
        "profile": ["--config"], "report-format": ["--report"], "report-what": ["--report"],
        "report-key": ["--report"], "dead-letter-raw": ["--dead-letter"], "resume": ["--checkpoint"],
        "key-separator": ["--parse-key"], "key-frame": ["--frame"], "from-end": ["--follow"],
        "stats-interval": ["--progress"], "tombstone": ["--key"], "key-from-filename": ["--format=file"],
        "preserve": ["--format=json"], "missing-value": ["--format=json"], "unknown-members": ["--format=json"],
        "partitions": ["--create"], "replication-factor": ["--create"],
        "key-encoding": ["--key"], "header-encoding": ["--header"],
    ]

    private static let options = ProduceCommand.syntax.options.compactMap(\.long).filter {
        $0 != "help" && $0 != "mock"
    }

    private func words(_ option: String, _ given: [String]) -> [String] {
        func word(_ name: String) -> String { Self.values[name].map { "--\(name)=\($0)" } ?? "--\(name)" }
        let needed = (Self.companions[option] ?? []).filter { companion in
            let name = companion.dropFirst(2).split(separator: "=").first.map { String($0) } ?? ""
            return !given.contains(name) && !(name == "key" && given.contains { $0.hasPrefix("key-") && $0 != option })
        }
        return [word(option)] + needed.map { $0.contains("=") ? $0 : word(String($0.dropFirst(2))) }
    }

    /// Why the two are refused; nil when they are not.
    private func refusal(_ first: String, _ second: String) -> String? {
        let given = [first, second]
        var arguments = given.flatMap { words($0, given) } + ["--brokers=x:1", "--topic=t"]
        if !arguments.contains(where: { $0.hasPrefix("--value=") || $0 == "--tombstone" }) { arguments.append("input") }
        do {
            _ = try ProduceCommand(try ParsedArguments(arguments, syntax: ProduceCommand.syntax))
            return nil
        } catch {
            return error.message
        }
    }

    @Test func eachAloneIsFine() {
        for option in Self.options { #expect(refusal(option, option) == nil, "\(option)") }
    }

    /// For each option those behind it in the help with which it is refused.
    private static let refused: [String: String] = [
        "partition": "partition-json", "check-topic": "create partitions replication-factor",
        "create": "dry-run", "partitions": "dry-run", "replication-factor": "dry-run",
        "delimiter": "value tombstone key-from-filename \(json) \(cut)",
        "key-delimiter": "value tombstone key-from-filename key-json format \(json) \(cut)",
        "key": "key-file key-from-filename key-json",
        "value": "tombstone empty chomp-cr key-from-filename format \(json) \(cut) \(reading)",
        "tombstone":
            "null-marker empty chomp-cr key-from-filename value-encoding schema-id key-json header-json "
            + "partition-json format \(json) \(cut) \(reading)",
        "null-marker": "\(json) frame key-frame", "empty": "\(json) frame key-frame \(console)",
        "chomp-cr": "\(json) template frame key-frame \(console)", "key-file": "key-from-filename key-json",
        "key-from-filename": "key-json format \(json) template frame key-frame \(console) \(lines)",
        "key-json": "parse-key key-separator", "format": "\(json) \(cut)", "preserve": "\(cut) follow from-end",
        "missing-value": "\(cut) follow from-end", "unknown-members": "\(cut) follow from-end",
        "whole": "template frame key-frame \(console) \(lines)", "template": "frame key-frame \(console) \(lines)",
        "frame": "\(console) \(lines)", "key-frame": "\(console) \(lines)", "parse-key": "dead-letter-raw",
        "parse-headers": "dead-letter-raw", "key-separator": "dead-letter-raw", "reader-property": "dead-letter-raw",
        "skip": "checkpoint resume", "repeat": "follow from-end checkpoint resume", "rate": "dry-run",
        "on-error": "max-errors",
        "max-errors": "fail-fast",
        "resend": "dry-run",
        "dry-run": "drain-timeout report report-format report-what report-key dead-letter dead-letter-raw checkpoint "
            + "resume progress stats-interval stats-file",
    ]
    private static let json = "preserve missing-value unknown-members"
    private static let console = "parse-key parse-headers key-separator reader-property"
    private static let cut = "whole template frame key-frame \(console)"
    private static let lines = "follow from-end dead-letter-raw"
    private static let reading = "\(lines) checkpoint resume"

    @Test func whatDoesNothingTogetherIsRefusedByName() {
        for (index, first) in Self.options.enumerated() {
            let others = Self.options[(index + 1)...]
            let expected = Set((Self.refused[first] ?? "").split(separator: " ").map { String($0) })
            let found = Set(others.filter { refusal(first, $0) != nil })
            #expect(found == expected, "\(first): \(found.symmetricDifference(expected).sorted())")
            for second in found {
                let message = refusal(first, second) ?? ""
                #expect(isNamed(first, message) || isNamed(second, message), "\(first) \(second): \(message)")
                #expect(refusal(second, first) != nil, "\(second) \(first)")
            }
        }
    }

    private func isNamed(_ option: String, _ message: String) -> Bool {
        let short = ProduceCommand.syntax.options.first { $0.long == option }?.short.map { "-\($0)" }
        let companions = Self.companions[option] ?? []
        return message.contains("--\(option)") || short.map { message.contains($0) } ?? false
            || companions.contains { message.contains($0.prefix { $0 != "=" }) }
    }
}
