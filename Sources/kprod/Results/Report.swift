// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Writes a line per record about what became of it, in the order in which that was known.
struct Report: Sendable {
    enum Format: Sendable {
        case ndjson, tsv
        case template(ReportTemplate)
    }

    /// Which outcomes are reported.
    enum Scope: String, CaseIterable, Sendable {
        case all, errors
    }

    let format: Format
    let scope: Scope
    /// Whether the key is part of a line that has columns or members.
    let showsKey: Bool
    let writer: OutputWriter

    /// The names of the columns, for a table.
    func begin() {
        guard case .tsv = format else { return }
        let names = Self.columns.map(\.name) + (showsKey ? ["key"] : [])
        writer.append((names.joined(separator: "\t") + "\n").utf8)
    }

    /// Writes the lines of several outcomes at once.
    func add(_ outcomes: some Sequence<Outcome>) {
        var json = JSONText()
        var bytes: [UInt8] = []
        for outcome in outcomes where scope == .all || outcome.status != .delivered {
            switch format {
            case .ndjson: json.line { members(outcome, &$0) }
            case .tsv: bytes.append(contentsOf: (row(outcome).joined(separator: "\t") + "\n").utf8)
            case .template(let template): template.write(outcome, to: &bytes)
            }
        }
        writer.append(json.bytes + bytes)
    }

    /// Writes what became of a transaction: of the records since the last such line.
    func add(transaction number: Int, status: String, records: Int) {
        var json = JSONText()
        json.line { json in
            json.add("transaction", number)
            json.add("status", status)
            json.add("records", records)
        }
        writer.append(json.bytes)
    }

    private func members(_ outcome: Outcome, _ text: inout JSONText) {
        text.add("seq", outcome.origin.sequence)
        text.add("src", argument: outcome.origin.place.source)
        text.add("line", outcome.origin.place.line)
        text.add("at", outcome.origin.place.offset)
        text.add("status", outcome.status.rawValue)
        if let topic = outcome.topic { text.add("topic", topic) }
        if let partition = outcome.partition { text.add("partition", partition) }
        if let offset = outcome.offset { text.add("offset", offset) }
        if let timestamp = outcome.timestamp { text.add("timestamp", timestamp.millisecondsSinceEpoch) }
        if let latency = outcome.latencyText { text.add("latency_ms", number: latency) }
        if showsKey { text.add("key", bytes: outcome.contents.key) }
        guard let error = outcome.error else { return }
        text.add(error)
        text.add("persisted", outcome.persistenceText)
        text.add("retriable", error.isRetriable)
    }

    private static let columns: [(name: String, verb: ReportTemplate.Verb)] = [
        ("seq", .sequence), ("src", .source), ("line", .line), ("at", .start), ("status", .status), ("topic", .topic),
        ("partition", .partition), ("offset", .offset), ("timestamp", .timestamp), ("latency_ms", .latency),
        ("error_code", .errorCode), ("error_name", .errorName), ("error_text", .errorText), ("persisted", .persisted),
    ]

    /// No field holds a tab or a line break: what comes from outside goes through `printable`.
    private func row(_ outcome: Outcome) -> [String] {
        var fields = Self.columns.map { outcome.text($0.verb) ?? "" }
        if showsKey {
            fields.append(
                outcome.contents.key.map { printable(String(decoding: $0, as: UTF8.self), limit: 10_000) } ?? ""
            )
        }
        return fields
    }
}
