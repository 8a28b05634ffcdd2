// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What is known of an envelope while its members are read.
struct EnvelopeMembers {
    let rules: EnvelopeRules
    private var record = InputRecord(value: nil)
    private var key = EncodedField()
    private var value = EncodedField()
    private var topic = EncodedField()
    private var partition = EncodedField()
    private var timestamp = EncodedField()
    private var headers = EncodedField()
    /// Members that no record has, as they are written.
    private var unknown: [String] = []
    /// Those of them that only dead letters have.
    private var ofLetter: Set<String> = []

    /// What dead letters say besides the record.
    private static let lettersMembers: Set = [
        "kprod_dead_letters", "raw", "raw_base64", "error", "persisted", "src", "src_base64", "line", "at",
    ]

    init(_ rules: EnvelopeRules) { self.rules = rules }

    mutating func take(_ name: [UInt8], _ json: inout JSONCursor) throws(JSONCursor.Invalid) {
        let written = String(decoding: name, as: UTF8.self)
        let name = written.lowercased()
        switch name {
        case "key", "key_base64", "key_hex": try key.take(name, &json)
        case "value", "value_base64", "value_hex", "payload", "payload_base64", "payload_hex":
            try value.take(name, &json)
        case "topic":
            try topic.claim(name)
            record.topic = try Self.topic(&json)
        case "partition":
            try partition.claim(name)
            record.partition = try Self.partition(&json)
        case "timestamp", "ts":
            try timestamp.claim(name)
            record.setTime(try RecordTime.read(&json))
        case "headers":
            try headers.claim(name)
            record.headers = try RecordHeaders.read(&json, rules, &unknown)
        default:
            if Self.lettersMembers.contains(name) { ofLetter.insert(name) }
            if !EnvelopeRules.consumerMembers.contains(name) { unknown.append(written) }
            json.skip()
        }
    }

    /// What the object is, now that it has been read to its end.
    func envelope() throws(JSONCursor.Invalid) -> RecordEnvelope {
        let says = !key.isMissing || !value.isMissing
        if !says, ofLetter.contains("raw") || ofLetter.contains("raw_base64") { return .unparsedLetter }
        if !says, ofLetter.contains("kprod_dead_letters") { return .deadLetterHead }
        var record = record
        record.key = key.bytes
        record.value = try sentValue()
        // Why a dead letter was not delivered is no part of what is sent.
        let isLetter = ofLetter.isSuperset(of: ["error", "persisted"])
        guard let first = unknown.first(where: { !isLetter || !Self.lettersMembers.contains($0) }) else {
            return .record(record)
        }
        if rules.unknownMembers == .error {
            throw .init(
                "has a member \"\(printable(first, limit: 60))\" that no record has and that would be lost; "
                    + "--unknown-members ignore drops such members"
            )
        }
        record.ignoredMember = first
        return .record(record)
    }

    private func sentValue() throws(JSONCursor.Invalid) -> [UInt8]? {
        if !value.isMissing { return value.bytes }
        switch rules.missingValue {
        case .empty: return []
        case .null: return nil
        case .error: break
        }
        if let first = unknown.first {
            throw .init(
                "has no value (or payload) but \"\(printable(first, limit: 60))\"; if the object itself is the value, "
                    + "leave out --format json"
            )
        }
        if key.isMissing { throw .init("has no key and no value (or payload)") }
        throw .init(
            "has no value (or payload): write \"value\":null to delete what has the key; --missing-value empty takes "
                + "what rpk writes for an empty value"
        )
    }

    private static func topic(_ json: inout JSONCursor) throws(JSONCursor.Invalid) -> String? {
        switch json.kind() {
        case .null:
            json.skip()
            return nil
        case .string:
            guard let text = String(validating: try json.string(), as: UTF8.self) else {
                throw .init("has a topic that is not UTF-8")
            }
            return text
        default: throw .init("has a topic that is not a string")
        }
    }

    private static func partition(_ json: inout JSONCursor) throws(JSONCursor.Invalid) -> Int32? {
        guard let text = try json.content() else { return nil }
        guard let number = Int32(String(decoding: text, as: UTF8.self)), number >= -1 else {
            throw .init("has a partition that is not a number from 0")
        }
        return number < 0 ? nil : number
    }
}
