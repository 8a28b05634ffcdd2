// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Failures by cause: what people need to see of 3,412 equal ones is the number and the first.
struct FailureGroups: Sendable {
    struct Group: Sendable {
        var count = 0
        /// The first one's message and where it was.
        var text: String
        var place: String?
        /// The smallest tag of those that have one: the first in the order of the input.
        var firstTag: UInt64?
        /// How many may be in the log all the same.
        var unknown = 0
    }

    private(set) var groups: [KafkaError.Code: Group] = [:]
    /// What never became a record.
    private(set) var unparsable: Group?
    /// How many of these were the last of an input, whatever was behind them; each has a message of its own.
    private var broken = 0
    /// Bytes of accepted records that failed.
    private(set) var bytes = 0
    /// Whether ``bytes`` covers all of them.
    private(set) var hasAllSizes = true

    /// Whether records were in a transaction that was aborted, and if so whether that is not certain.
    private var isAbortUnknown: Bool?
    /// Whether some had been delivered into it: they come before those that were dropped, and where is not known.
    private var hasRevoked = false

    /// What the tags of records mean.
    private let tags: PlaceTags?

    init(tags: PlaceTags? = nil) { self.tags = tags }

    /// How many failures were outcomes of accepted records.
    private var outcomes = 0

    /// Not an answer but the absence of one.
    static let droppedCodes: Set<KafkaError.Code> = [.purgedFromQueue, .purgedInFlight, .cancelled, .closed]

    var count: Int { failed + undelivered }
    var failed: Int { (unparsable?.count ?? 0) + total { !Self.droppedCodes.contains($0) } }
    var undelivered: Int { total { Self.droppedCodes.contains($0) } }
    var undeliveredUnknown: Int {
        if let isAbortUnknown { return isAbortUnknown ? undelivered : 0 }
        return groups.reduce(0) { $0 + (Self.droppedCodes.contains($1.key) ? $1.value.unknown : 0) }
    }
    /// The causes of what failed.
    var causes: Set<KafkaError.Code> { Set(groups.keys).subtracting(Self.droppedCodes) }

    /// An outcome of an accepted record.
    mutating func add(_ error: ProducerError) {
        bytes += (error.message.key?.count ?? 0) + (error.message.value?.count ?? 0)
        outcomes += 1
        let known = groups[error.error.code]
        let tag = error.message.metadata as? UInt64
        // Reports come partition by partition: a later one can be of an earlier line.
        let isFirst = known == nil || (tag ?? .max) < (known?.firstTag ?? .max)
        add(error.error, count: 1, place: nil)
        if isFirst {
            let place = place(of: error)
            groups[error.error.code]?.place = place
            groups[error.error.code]?.firstTag = tag
        }
        if error.persistence != .notPersisted { groups[error.error.code]?.unknown += 1 }
    }

    /// So many records were delivered into a transaction that was then aborted.
    mutating func addAborted(_ count: Int, isUnknown: Bool) {
        isAbortUnknown = isUnknown
        hasAllSizes = false
        guard count > 0 else { return }
        hasRevoked = true
        add(KafkaError(.purgedInFlight, "aborted"), count: count, place: nil)
    }

    /// A record that was not accepted.
    mutating func add(_ error: KafkaError, at place: String) { add(error, count: 1, place: place) }

    /// A piece of input that is no record.
    mutating func addUnparsable(_ reason: String, at place: String) {
        unparsable = unparsable ?? Group(text: reason, place: place)
        unparsable?.count += 1
    }

    /// Input that makes no sense, nor does what is behind it.
    mutating func addBroken(_ reason: String, at place: String) {
        addUnparsable(reason, at: place)
        broken += 1
    }

    /// The failures of another producer.
    mutating func add(_ other: FailureGroups) {
        for (code, group) in other.groups {
            groups[code, default: Group(text: group.text, place: group.place)].count += group.count
            groups[code]?.unknown += group.unknown
        }
        bytes += other.bytes
        hasAllSizes = hasAllSizes && other.hasAllSizes
        outcomes += other.outcomes
    }

    /// Adds what the producer counted and nobody could read: errors dropped because too many waited, and records
    /// without any outcome when the wait was over.
    mutating func reconcile(with statistics: Statistics, resent: Statistics? = nil, delivered: Int) {
        var settled = delivered + outcomes
        for (code, count) in Array(statistics.droppedErrors) + Array(resent?.droppedErrors ?? [:]) {
            add(KafkaError(code, code.name), count: count, place: nil)
            settled += count
            hasAllSizes = false
        }
        // Only then is something missing of which the client knows.
        guard statistics.inFlight + (resent?.inFlight ?? 0) > 0 else { return }
        let missing = max(0, statistics.accepted - settled)
        add(KafkaError(.purgedInFlight, "the client cannot say what became of it"), count: missing, place: nil)
        groups[.purgedInFlight]?.unknown += missing
        hasAllSizes = false
    }

    /// One line per cause, the most frequent first; what was dropped is one cause, whatever stage it had reached.
    var lines: [String] {
        let failed = groups.filter { !Self.droppedCodes.contains($0.key) }
        var lines = failed.sorted { ($0.value.count, $0.key.rawValue) > ($1.value.count, $1.key.rawValue) }
            .map { code, group in
                let step = NextStep.after(code).map { "; \($0)" } ?? ""
                return "\(NumberText.grouped(group.count)) × \(code.name)\(Self.first(group)): "
                    + "\(printable(group.text))\(Self.unknown(group.unknown))\(step)"
            }
        if let unparsable, unparsable.count > broken {
            lines.append(
                "\(NumberText.grouped(unparsable.count - broken)) × no record\(Self.first(unparsable)): "
                    + "\(printable(unparsable.text)); see --help for the format, or mend the input"
            )
        }
        let dropped = Self.droppedCodes.compactMap { groups[$0] }
        let first = dropped.min { ($0.firstTag ?? .max, -$0.count) < ($1.firstTag ?? .max, -$1.count) }
        if let first {
            let place = hasRevoked ? "" : Self.first(first, of: undelivered)
            let reason = isAbortUnknown == nil ? "dropped when kprod stopped" : "their transaction was aborted"
            lines.append(
                "\(NumberText.grouped(undelivered)) × undelivered\(place): "
                    + "\(reason)\(Self.unknown(undeliveredUnknown)); send these again"
            )
        }
        return lines
    }

    private static func first(_ group: Group, of count: Int? = nil) -> String {
        group.place.map { " (\((count ?? group.count) > 1 ? "first " : "")\($0))" } ?? ""
    }

    private static func unknown(_ count: Int) -> String {
        count > 0 ? "; \(NumberText.grouped(count)) may be in the log" : ""
    }

    private mutating func add(_ error: KafkaError, count: Int, place: String?) {
        groups[error.code, default: Group(text: error.message, place: place)].count += count
    }

    private func total(_ isIncluded: (KafkaError.Code) -> Bool) -> Int {
        groups.reduce(0) { $0 + (isIncluded($1.key) ? $1.value.count : 0) }
    }

    /// Where it was read if that is known, topic, partition and the beginning of the key.
    private func place(of error: ProducerError) -> String {
        var parts: [String] = []
        let metadata = error.message.metadata
        if let place = (metadata as? UInt64).flatMap({ tags?.text(of: $0) }) ?? (metadata as? Origin)?.place.text {
            parts.append(place)
        }
        let partition = error.partition.map { "[\($0)]" } ?? ""
        parts.append("in \(printable(error.message.topic.name))\(partition)")
        if let key = error.message.key {
            let text = String(decoding: key.array.prefix(40), as: UTF8.self)
            parts.append("key \"\(printable(text))\"")
        }
        return parts.joined(separator: ", ")
    }
}
