// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A record as the JSON of kcat -J, rpk, kaf, kafkactl and of our own dead letters describes it.
///
/// Names are compared without regard to case. What a consumer adds (offset, broker, tstype, schema ids) is ignored;
/// nothing else is dropped unless the rules say so, and only null is null.
enum RecordEnvelope: Equatable {
    case record(InputRecord)
    /// The first line of a dead-letter file, which says nothing of a record.
    case deadLetterHead
    /// A dead letter of input that was no record.
    case unparsedLetter

    /// Reads what ``JSONSplitter`` has found.
    init(_ source: [UInt8], _ rules: EnvelopeRules = EnvelopeRules()) throws(JSONCursor.Invalid) {
        var json = JSONCursor(source)
        switch json.kind() {
        case .object: break
        case .array: throw .init("is an array; write its objects one after the other, as jq '.[]' does")
        default: throw .init("is not a JSON object")
        }
        var members = EnvelopeMembers(rules)
        try json.members { json, name throws(JSONCursor.Invalid) in try members.take(name, &json) }
        self = try members.envelope()
    }
}

/// A field of a record or of a header, of which there is one whatever the member is called.
struct EncodedField: Equatable {
    /// Under which name it came.
    private(set) var member: String?
    private(set) var bytes: [UInt8]?

    var isMissing: Bool { member == nil }

    /// Takes the next value, decoded as the end of its name says.
    mutating func take(_ name: String, _ json: inout JSONCursor) throws(JSONCursor.Invalid) {
        try claim(name)
        guard let text = try json.content() else { return }
        let encoding: FieldEncoding = name.hasSuffix("_base64") ? .base64 : name.hasSuffix("_hex") ? .hex : .text
        do throws(FieldEncoding.Invalid) {
            bytes = try encoding.decode(text)
        } catch {
            throw .init("has a \(name) that \(error.reason)")
        }
    }

    /// Notes that the member is there; a second one for the same field could only be a contradiction.
    mutating func claim(_ name: String) throws(JSONCursor.Invalid) {
        if let member {
            throw .init(
                member == name
                    ? "has two members \"\(name)\"" : "has two members for one field, \"\(member)\" and \"\(name)\""
            )
        }
        member = name
    }
}
