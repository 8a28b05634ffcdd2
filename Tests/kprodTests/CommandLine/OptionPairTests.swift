// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

/// Every pair of options: what does nothing together is refused by name, and nothing else is.
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
        "replication-factor": "1", "transactional-id": "x", "txn-size": "5", "txn-every": "1s",
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
        "txn-size": ["--transactional-id"], "txn-every": ["--transactional-id"],
        "key-encoding": ["--key"], "header-encoding": ["--header"],
    ]

    @Test func produce() {
        let pairs = OptionPairs(command: ProduceCommand.self, values: Self.values, companions: Self.companions) {
            words in
            let reads = !words.contains { $0.hasPrefix("--value=") || $0 == "--tombstone" }
            return words + ["--brokers=x:1", "--topic=t"] + (reads ? ["input"] : [])
        }
        pairs.check(refused: Self.refused)
    }

    /// For each option those behind it in the help with which it is refused.
    private static let refused: [String: String] = [
        "partition": "partition-json", "check-topic": "create partitions replication-factor dry-run",
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
        "key-json": "key-frame parse-key key-separator", "format": "\(json) \(cut)",
        "preserve": "\(cut) follow from-end",
        "missing-value": "\(cut) follow from-end", "unknown-members": "\(cut) follow from-end",
        "whole": "template frame key-frame \(console) \(lines)", "template": "frame key-frame \(console) \(lines)",
        "frame": "\(console) \(lines)", "key-frame": "\(console) \(lines)", "parse-key": "dead-letter-raw",
        "parse-headers": "dead-letter-raw", "key-separator": "dead-letter-raw", "reader-property": "dead-letter-raw",
        "skip": "checkpoint resume", "repeat": "follow from-end checkpoint resume", "rate": "dry-run",
        "on-error": "max-errors \(transactions)",
        "max-errors": "fail-fast \(transactions)",
        "resend": "dry-run \(transactions)",
        "dry-run":
            "drain-timeout txn-size txn-every report report-format report-what report-key dead-letter dead-letter-raw checkpoint "
            + "resume progress stats-interval stats-file",
    ]
    private static let json = "preserve missing-value unknown-members"
    private static let transactions = "transactional-id txn-size txn-every"
    private static let console = "parse-key parse-headers key-separator reader-property"
    private static let cut = "whole template frame key-frame \(console)"
    private static let lines = "follow from-end dead-letter-raw"
    private static let reading = "\(lines) checkpoint resume"

    @Test func replay() {
        let pairs = OptionPairs(command: ReplayCommand.self, values: Self.values, companions: Self.companions) {
            words in
            words + ["--brokers=x:1", "letters"]
        }
        pairs.check(refused: [
            "rate": "dry-run", "on-error": "max-errors", "resend": "dry-run",
            "dry-run": "drain-timeout report report-format report-what report-key dead-letter dead-letter-raw progress "
                + "stats-interval stats-file",
        ])
    }

    private static let benchValues: [String: String] = [
        "num-records": "10", "duration": "1s", "throughput": "5", "record-size": "10", "size": "1..5",
        "compressibility": "0.5", "payload-file": "p", "payload-delimiter": ";", "key-distribution": "range",
        "message-key-range": "5", "headers": "1,2", "producers": "2", "warmup-records": "1",
        "producer-props": "linger.ms=1", "reporting-interval": "1", "plot": "p.svg", "hdr": "h", "rtt": "1ms",
        "fail": "Produce:NOT_ENOUGH_REPLICAS", "delay": "Produce:1ms", "down": "1", "up": "1", "leader": "t:0=1",
        "topic-error": "t:UNKNOWN_TOPIC_OR_PART", "transaction-duration-ms": "100",
    ]

    private static let benchCompanions: [String: [String]] = {
        var companions = ["payload-delimiter": ["--payload-file"], "stats-interval": ["--progress"]]
        for option in ["reporting-interval", "print-metrics"] {
            companions[option] = ["--num-records", "--throughput"]
        }
        for option in Option.faults.compactMap(\.long) { companions[option] = ["--mock"] }
        return companions
    }()

    @Test func bench() {
        let pairs = OptionPairs(
            command: BenchCommand.self,
            values: Self.values.merging(Self.benchValues) { $1 },
            companions: Self.benchCompanions
        ) { words in
            words.contains("--compare") ? words + ["a", "b"] : words + ["--brokers=x:1", "--topic=t"]
        }
        var refused = [
            "num-records": "duration", "duration": "reporting-interval print-metrics",
            "record-size": "payload-file payload-delimiter payload-monotonic",
            "size": "payload-file payload-delimiter payload-monotonic",
            "compressibility": "payload-file payload-delimiter payload-monotonic", "payload-file": "payload-monotonic",
            "payload-delimiter": "payload-monotonic", "reporting-interval": "json csv", "print-metrics": "json csv",
            "json": "csv",
        ]
        // It runs nothing.
        let names = BenchCommand.syntax.options.compactMap(\.long).filter { !pairs.ignored.contains($0) }
        let index = names.firstIndex(of: "compare") ?? 0
        for name in names[..<index] { refused[name, default: ""] += " compare" }
        refused["compare"] = names[(index + 1)...].joined(separator: " ")
        pairs.check(refused: refused)
    }
}
