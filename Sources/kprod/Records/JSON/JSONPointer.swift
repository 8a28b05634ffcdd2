// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Where a field is in a JSON value, as RFC 6901 writes it: `/user/id`.
struct JSONPointer: Equatable, Sendable {
    /// As it was written.
    let text: String
    private let tokens: [[UInt8]]

    init(_ text: String) throws(OptionValue.Invalid) {
        guard text.isEmpty || text.hasPrefix("/") else {
            throw OptionValue.Invalid("is no JSON pointer; begin it with a slash, such as /user/id")
        }
        if ArgumentText.isEscaped(text) { throw OptionValue.Invalid("is not UTF-8") }
        self.text = text
        tokens = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { token in
            Array(token.replacing("~1", with: "/").replacing("~0", with: "~").utf8)
        }
    }

    /// The name of the field it leads to.
    var lastName: String? { tokens.last.map { String(decoding: $0, as: UTF8.self) } }

    /// What a record takes from there: nothing for null, a string's bytes, else the text as it stands.
    func content(of json: JSONCursor) throws(JSONCursor.Invalid) -> [UInt8]? {
        guard var cursor = try Self.find(tokens[...], json) else { throw .init("has no \(printable(text))") }
        return try cursor.content()
    }

    private static func find(
        _ tokens: ArraySlice<[UInt8]>,
        _ start: JSONCursor
    ) throws(JSONCursor.Invalid) -> JSONCursor? {
        guard let token = tokens.first else { return start }
        var json = start
        var matches: [JSONCursor] = []
        switch json.kind() {
        case .object:
            try json.members { json, name throws(JSONCursor.Invalid) in
                if name == token { matches.append(json) }
                json.skip()
            }
        case .array:
            let text = String(decoding: token, as: UTF8.self)
            // As the RFC has it: no sign, no zero in front.
            guard let wanted = Int(text), wanted >= 0, String(wanted) == text else { return nil }
            var index = 0
            try json.elements { json throws(JSONCursor.Invalid) in
                if index == wanted { matches.append(json) }
                index += 1
                json.skip()
            }
        case .string, .null, .other: return nil
        }
        if matches.count > 1 {
            throw .init("has two members \"\(printable(String(decoding: token, as: UTF8.self), limit: 60))\"")
        }
        guard let match = matches.first else { return nil }
        return try find(tokens.dropFirst(), match)
    }
}

/// Fields of values that are JSON, of which other parts of their records are made.
struct JSONFields: Sendable {
    var key: JSONPointer?
    var partition: JSONPointer?
    var headers: [(name: String, pointer: JSONPointer)] = []

    var isEmpty: Bool { key == nil && partition == nil && headers.isEmpty }

    func apply(to record: inout InputRecord) throws(FieldEncoding.Invalid) {
        if isEmpty { return }
        guard let value = record.value else { throw .init(reason: "has no value to take fields of") }
        guard JSONGrammar.isValue(value) else { throw .init(reason: "the value is not JSON") }
        let json = JSONCursor(value)
        do throws(JSONCursor.Invalid) {
            if let key {
                record.key = try key.content(of: json)
                record.isKeyNull = record.key == nil
            }
            if let partition { record.partition = try Self.number(partition, json) }
            for (name, pointer) in headers {
                record.headers.append(RecordHeader(name, try pointer.content(of: json).map { KafkaBytes($0) }))
            }
        } catch {
            throw .init(reason: "the value \(error.reason)")
        }
    }

    private static func number(_ pointer: JSONPointer, _ json: JSONCursor) throws(JSONCursor.Invalid) -> Int32? {
        guard let text = try pointer.content(of: json) else { return nil }
        guard let number = Int32(String(decoding: text, as: UTF8.self)), number >= -1 else {
            throw .init(
                "has no partition at \(printable(pointer.text)), but \(printable(String(decoding: text, as: UTF8.self), limit: 60))"
            )
        }
        return number < 0 ? nil : number
    }
}
