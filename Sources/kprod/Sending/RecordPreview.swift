// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Looks at records instead of sending them: what a dry run has to say.
final class RecordPreview {
    /// What is known of all keys, or of all values.
    struct Fields: Equatable {
        var nulls = 0
        var empty = 0
        /// How many have at least a byte, and the sizes of these.
        var filled = 0
        var bytes = 0
        var smallest = Int.max
        var largest = 0

        mutating func add(_ field: [UInt8]?) {
            guard let field else { return nulls += 1 }
            if field.isEmpty { return empty += 1 }
            filled += 1
            bytes += field.count
            smallest = min(smallest, field.count)
            largest = max(largest, field.count)
        }

        var text: String {
            var parts: [String] = []
            if filled > 0 {
                let range =
                    smallest == largest
                    ? NumberText.grouped(largest) : "\(NumberText.grouped(smallest)) to \(NumberText.grouped(largest))"
                let average = NumberText.grouped(bytes / filled)
                parts.append("\(NumberText.grouped(filled)) of \(range) bytes, \(average) on average")
            }
            if empty > 0 { parts.append("\(NumberText.grouped(empty)) empty") }
            if nulls > 0 { parts.append("\(NumberText.grouped(nulls)) null") }
            return parts.isEmpty ? "none" : parts.joined(separator: "; ")
        }
    }

    /// So many of the first records are shown.
    private static let shownRecords = 3

    /// `message.max.bytes`.
    private let limit: Int
    private(set) var count = 0
    private(set) var keys = Fields()
    private(set) var values = Fields()
    private(set) var withHeaders = 0
    private var shown: [String] = []
    /// Nil when no broker was asked.
    private let partitioning: Partitioning?
    /// How many records go to which partition of which topic; to nil by chance.
    private var targets: [String: [Int32?: Int]] = [:]
    /// Whether every record is shown, and not only the first.
    private let showsAll: Bool
    /// Gets the text of each that is shown.
    private let show: (String) -> Void

    init(limit: Int, _ partitioning: Partitioning? = nil, showsAll: Bool = false, show: @escaping (String) -> Void) {
        self.limit = limit
        self.partitioning = partitioning
        self.showsAll = showsAll
        self.show = show
    }

    /// Looks at a record; the client would refuse one that is too large.
    func add(_ record: InputRecord, at place: Place) throws(KafkaError) {
        let size = (record.key?.count ?? 0) + (record.value?.count ?? 0)
        if size > limit {
            throw KafkaError(
                .messageTooLarge,
                "a record of \(NumberText.grouped(size)) bytes is over the limit of \(NumberText.grouped(limit))"
            )
        }
        let target = try target(of: record)
        count += 1
        keys.add(record.key)
        values.add(record.value)
        if !record.headers.isEmpty { withHeaders += 1 }
        if showsAll {
            show(Self.text(record, target, at: place))
        } else if shown.count < Self.shownRecords {
            shown.append(Self.text(record, target, at: place))
        }
    }

    /// Where a record would go: nil when that is not known, an empty text for chance.
    private func target(of record: InputRecord) throws(KafkaError) -> String? {
        guard let partitioning, let topic = record.topic ?? partitioning.topic else { return nil }
        guard let count = partitioning.counts[topic] else {
            throw KafkaError(.unknownTopicOrPartition, "the brokers have no topic \"\(printable(topic))\"")
        }
        if let partition = record.partition, partition >= count {
            throw KafkaError(
                .unknownPartition,
                "\(printable(topic)) has no partition \(partition): it has \(NumberText.grouped(count))"
            )
        }
        let partition = record.partition ?? partitioning.partition(of: record.key, among: count)
        targets[topic, default: [:]][partition, default: 0] += 1
        return "partition \(partition.map { "\($0)" } ?? "any") of \(count)"
    }

    /// For each topic how many records each of its partitions gets.
    private var targetLines: [String] {
        targets.sorted { $0.key < $1.key }.map { topic, counts in
            var parts = counts.compactMap { partition, count in partition.map { ($0, count) } }.sorted { $0.0 < $1.0 }
                .map { "\($0.0): \(NumberText.grouped($0.1))" }
            if let count = counts[nil] { parts.append("any: \(NumberText.grouped(count))") }
            let all = partitioning?.counts[topic] ?? 0
            return
                "partitions of \(printable(topic)) (\(all)), and how many records each gets: \(parts.joined(separator: ", "))"
        }
    }

    /// What there is to say, a line for each thing.
    var lines: [String] {
        var lines = ["keys: \(keys.text)", "values: \(values.text)"]
        if withHeaders > 0 { lines.append("with headers: \(NumberText.grouped(withHeaders))") }
        return lines + targetLines + shown
    }

    private static func text(_ record: InputRecord, _ target: String?, at place: Place) -> String {
        var parts: [String] = []
        if let topic = record.topic { parts.append("topic \(printable(topic))") }
        if let target {
            parts.append(target)
        } else if let partition = record.partition {
            parts.append("partition \(partition)")
        }
        if let timestamp = record.timestamp { parts.append("timestamp \(timestamp.millisecondsSinceEpoch)") }
        for header in record.headers { parts.append("header \(printable(header.name))=\(text(header.value?.array))") }
        parts += ["key \(text(record.key))", "value \(text(record.value))"]
        return "record \(place.text): " + parts.joined(separator: ", ")
    }

    /// Text in quotes, other bytes in hexadecimal.
    private static func text(_ field: [UInt8]?) -> String {
        guard let field else { return "null" }
        if let text = String(validating: field, as: UTF8.self), printable(text, limit: .max) == text {
            return "\"\(printable(text, limit: 60))\""
        }
        let digits = field.prefix(30).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "0x\(digits)\(field.count > 30 ? "…" : "")"
    }
}
