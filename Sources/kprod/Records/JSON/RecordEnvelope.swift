// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A record as the JSON of kcat -J, rpk, kaf, kafkactl and of our own dead letters describes it.
///
/// Names are compared without regard to case, and the last of equal ones counts. What a consumer adds (offset, broker,
/// tstype, schema ids) is ignored.
enum RecordEnvelope {
    case record(InputRecord)
    /// The first line of a dead-letter file, which says nothing of a record.
    case deadLetterHead
    /// A dead letter of input that was no record.
    case unparsedLetter

    /// Reads what ``JSONSplitter`` has found.
    init(_ source: [UInt8]) throws(JSONCursor.Invalid) {
        var json = JSONCursor(source)
        switch json.kind() {
        case .object: break
        case .array: throw .init("is an array; write its objects one after the other, as jq '.[]' does")
        default: throw .init("is not a JSON object")
        }
        var fields = Fields()
        try json.members { json, name throws(JSONCursor.Invalid) in try fields.take(name, &json) }
        if fields.isRecord {
            self = .record(fields.record)
        } else if fields.isUnparsed {
            self = .unparsedLetter
        } else if fields.isHead {
            self = .deadLetterHead
        } else {
            throw .init("has no key and no value (or payload)")
        }
    }

    /// The bytes of the next value, decoded as the end of its name says.
    static func bytes(_ json: inout JSONCursor, _ name: String) throws(JSONCursor.Invalid) -> [UInt8]? {
        guard let text = try json.content() else { return nil }
        let encoding: FieldEncoding = name.hasSuffix("_base64") ? .base64 : name.hasSuffix("_hex") ? .hex : .text
        do throws(FieldEncoding.Invalid) {
            return try encoding.decode(text)
        } catch {
            throw .init("has a \(name) that \(error.reason)")
        }
    }
}

/// What is known of an envelope while it is read.
private struct Fields {
    var record = InputRecord(value: nil)
    var isRecord = false
    var isHead = false
    var isUnparsed = false

    mutating func take(_ name: [UInt8], _ json: inout JSONCursor) throws(JSONCursor.Invalid) {
        let name = String(decoding: name, as: UTF8.self).lowercased()
        switch name {
        case "topic": record.topic = try Self.topic(&json)
        case "partition": record.partition = try Self.partition(&json)
        case "timestamp", "ts": record.timestamp = try RecordTime.read(&json)
        case "headers": record.headers = try RecordHeaders.read(&json)
        case "key", "key_base64", "key_hex":
            record.key = try RecordEnvelope.bytes(&json, name)
            isRecord = true
        case "value", "value_base64", "value_hex", "payload", "payload_base64", "payload_hex":
            record.value = try RecordEnvelope.bytes(&json, name)
            isRecord = true
        default:
            if name == "kprod_dead_letters" { isHead = true }
            if name == "raw" || name == "raw_base64" { isUnparsed = true }
            json.skip()
        }
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
