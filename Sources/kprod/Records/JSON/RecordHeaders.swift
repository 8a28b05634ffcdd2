// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Headers in each of the four shapes that tools write them in.
///
/// A list that alternates between names and values, a list of objects with a key and a value, a list of pairs, or an
/// object; only the last of them is often unable to hold a name twice.
enum RecordHeaders {
    /// Takes the next value; names of members that no header has are added to `unknown`.
    static func read(
        _ json: inout JSONCursor,
        _ rules: EnvelopeRules,
        _ unknown: inout [String]
    ) throws(JSONCursor.Invalid) -> [RecordHeader] {
        var list = List(rules: rules)
        switch json.kind() {
        case .null: json.skip()
        case .object:
            try json.members { json, name throws(JSONCursor.Invalid) in
                list.headers.append(try List.header(name, try json.content()))
            }
        case .array:
            try json.elements { json throws(JSONCursor.Invalid) in try list.take(&json) }
        case .string, .other: throw .init("has headers that are neither a list nor an object")
        }
        unknown += list.unknown
        if list.name != nil { throw .init("has a header name without a value at the end of the list") }
        return list.headers
    }

    private struct List {
        let rules: EnvelopeRules
        var unknown: [String] = []
        var headers: [RecordHeader] = []
        /// The name whose value comes next, in a list that alternates.
        var name: [UInt8]?

        mutating func take(_ json: inout JSONCursor) throws(JSONCursor.Invalid) {
            if let name {
                headers.append(try Self.header(name, try json.content()))
                self.name = nil
                return
            }
            switch json.kind() {
            case .string: name = try json.string()
            case .array: headers.append(try Self.pair(&json))
            case .object: headers.append(try object(&json))
            case .null, .other: throw .init("has a header that is neither a name, a pair nor an object")
            }
        }

        private static func pair(_ json: inout JSONCursor) throws(JSONCursor.Invalid) -> RecordHeader {
            var name: [UInt8]?
            var value: [UInt8]?
            var count = 0
            try json.elements { json throws(JSONCursor.Invalid) in
                count += 1
                if count == 1 { name = try json.content() } else { value = try json.content() }
            }
            guard count == 2, let name else { throw .init("has a header that is not a pair of a name and a value") }
            return try header(name, value)
        }

        /// As strict as with records: nothing is dropped, and only null is null.
        private mutating func object(_ json: inout JSONCursor) throws(JSONCursor.Invalid) -> RecordHeader {
            var name = EncodedField()
            var value = EncodedField()
            var unknown: [String] = []
            try json.members { json, member throws(JSONCursor.Invalid) in
                let written = String(decoding: member, as: UTF8.self)
                let member = written.lowercased()
                switch member {
                case "key", "name": try name.take(member, &json)
                case "value", "value_base64", "value_hex": try value.take(member, &json)
                default:
                    unknown.append(written)
                    json.skip()
                }
            }
            self.unknown += unknown
            guard let text = name.bytes else { throw .init("has a header without a key") }
            if !value.isMissing { return try Self.header(text, value.bytes) }
            switch rules.missingValue {
            case .empty: return try Self.header(text, [])
            case .null: return try Self.header(text, nil)
            case .error: throw .init("has a header without a value; \"value\":null is none")
            }
        }

        static func header(_ name: [UInt8], _ value: [UInt8]?) throws(JSONCursor.Invalid) -> RecordHeader {
            guard let text = String(validating: name, as: UTF8.self) else {
                throw .init("has a header name that is not UTF-8")
            }
            return RecordHeader(text, value.map { KafkaBytes($0) })
        }
    }
}
