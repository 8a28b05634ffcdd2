// SPDX-License-Identifier: Apache-2.0

/// Properties that only this library has, under the names that they have in files and the environment.
enum OwnProperties {
    typealias Description = AsyncProducer.Configuration.PropertyDescription

    static let all = [
        row("recovery", "enum value", "none, restart", "none", "After a fatal error: the end, or a new client."),
        row("recovery.limit", "integer", "1 .. 10000", "3", "New clients within the period; one more is the end."),
        row("recovery.within.ms", "integer", "1 .. 2147483647", "60000", "The period of `recovery.limit`."),
        row(
            "recovery.may.duplicate",
            "boolean",
            "true, false",
            "false",
            "Send again what may have been stored before a fatal error: it may then be in the log twice."
        ),
        row(
            "health.stalled.after.ms",
            "integer",
            "1 .. 2147483647",
            "30000",
            "The age of a message without an outcome from which on the producer counts as stalled."
        ),
    ]

    static let names = Set(all.map(\.name))

    private static func row(
        _ name: String,
        _ type: String,
        _ range: String,
        _ standard: String,
        _ text: String
    ) -> Description {
        Description(
            name: name,
            original: nil,
            isTopicProperty: false,
            isForProducers: true,
            type: type,
            range: range,
            defaultValue: standard,
            importance: "medium",
            text: text,
            isSecret: false
        )
    }
}

extension AsyncProducer.Configuration {
    typealias Entry = Properties.Entry

    /// Takes what is this library's own out of properties that were read.
    mutating func takeOwn(_ entries: [Entry]) throws(KafkaError) {
        let given = Dictionary(entries.map { ($0.canonicalName, $0) }) { $1 }
        if let entry = given["health.stalled.after.ms"] { health.stalledAfter = try entry.milliseconds() }
        guard let entry = given["recovery"] else {
            if let orphan = OwnProperties.all.lazy.compactMap({ given[$0.name] }).first(where: \.isOfRecovery) {
                throw orphan.failure("it has no effect alone: write recovery=restart as well")
            }
            return
        }
        switch entry.value.lowercased() {
        case "none": recovery = .none
        case "restart": recovery = try Self.restart(given)
        default: throw entry.failure("write none or restart")
        }
    }

    private static func restart(_ given: [String: Entry]) throws(KafkaError) -> Recovery {
        guard case .restart(var limit, var period, var mayDuplicate) = Recovery.restart() else { return .none }
        if let entry = given["recovery.limit"] { limit = try entry.number(1...10_000) }
        if let entry = given["recovery.within.ms"] { period = try entry.milliseconds() }
        if let entry = given["recovery.may.duplicate"] {
            guard let value = Bool(entry.value.lowercased()) else { throw entry.failure("write true or false") }
            mayDuplicate = value
        }
        return .restart(limit: limit, within: period, mayDuplicate: mayDuplicate)
    }
}

extension AsyncProducer.Configuration.Properties.Entry {
    fileprivate var isOfRecovery: Bool { canonicalName.hasPrefix("recovery.") }

    fileprivate func number(_ range: ClosedRange<Int>) throws(KafkaError) -> Int {
        guard let number = Int(value), String(number) == value, range.contains(number) else {
            throw failure("write a plain number, \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    fileprivate func milliseconds() throws(KafkaError) -> Duration { .milliseconds(try number(1...Int(Int32.max))) }
}
