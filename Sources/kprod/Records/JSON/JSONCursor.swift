// SPDX-License-Identifier: Apache-2.0

/// Walks through the text of a JSON value that ``JSONSplitter`` has found, without a copy of what is not asked for.
///
/// Foundation's parser would refuse strings that are not UTF-8, which kcat writes as they are, and would write numbers
/// anew.
struct JSONCursor {
    /// Why the text is not what it should be: the end of a sentence about the record.
    struct Invalid: Error, Equatable {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    enum Kind {
        case object, array, string, null, other
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What the next value is.
    mutating func kind() -> Kind {
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "n"): return .null
        default: return .other
        }
    }

    /// What a record takes from the next value: nothing for null, a string's bytes, else the text as it stands.
    mutating func content() throws(Invalid) -> [UInt8]? {
        switch kind() {
        case .string: return try string()
        case .null:
            skip()
            return nil
        case .object, .array, .other:
            let start = position
            skip()
            return Array(bytes[start..<min(position, bytes.count)])
        }
    }

    /// Calls `body` with the name of each member of the next value, an object; it must take or skip the member's value.
    mutating func members(_ body: (inout JSONCursor, [UInt8]) throws(Invalid) -> Void) throws(Invalid) {
        try list(end: UInt8(ascii: "}")) { cursor throws(Invalid) in
            let name = try cursor.string()
            cursor.skipBlanks()
            cursor.position += 1
            try body(&cursor, name)
        }
    }

    /// Calls `body` for each element of the next value, an array; it must take or skip the element.
    mutating func elements(_ body: (inout JSONCursor) throws(Invalid) -> Void) throws(Invalid) {
        try list(end: UInt8(ascii: "]"), body)
    }

    /// Moves behind the next value.
    mutating func skip() {
        var depth = 0
        skipBlanks()
        repeat {
            switch next {
            case UInt8(ascii: "\""): skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
            default: while let byte = next, !Self.endsWord(byte) { position += 1 }
            }
            if depth > 0 { skipBlanks() }
        } while depth > 0 && position < bytes.count
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte.isBlank { position += 1 }
    }

    private mutating func list(
        end: UInt8,
        _ element: (inout JSONCursor) throws(Invalid) -> Void
    ) throws(Invalid) {
        skipBlanks()
        // Over the opening bracket, then over each comma.
        repeat {
            position += 1
            skipBlanks()
            if next == end { break }
            try element(&self)
            skipBlanks()
        } while next == UInt8(ascii: ",")
        position += 1
    }

    private mutating func skipString() {
        position += 1
        while let byte = next, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        position += 1
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte.isBlank || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
}

extension JSONCursor {
    /// A string's bytes, escapes resolved.
    mutating func string() throws(Invalid) -> [UInt8] {
        skipBlanks()
        position += 1
        var content: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            position += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &content) } else { content.append(byte) }
        }
        position += 1
        return content
    }

    private mutating func escape(into content: inout [UInt8]) throws(Invalid) {
        guard let byte = next else { return }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "u"): content += Array(String(Character(try scalar())).utf8)
        default: content.append(byte)
        }
    }

    /// The character of `\uXXXX`, or of two that are a pair.
    private mutating func scalar() throws(Invalid) -> UnicodeScalar {
        var code = hexadecimal()
        if 0xd800..<0xdc00 ~= code, next == UInt8(ascii: "\\"), bytes.dropFirst(position + 1).first == UInt8(ascii: "u")
        {
            position += 2
            let low = hexadecimal()
            if 0xdc00..<0xe000 ~= low { code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00) }
        }
        guard let scalar = UnicodeScalar(code) else {
            throw Invalid("holds half of a surrogate pair (\\u\(String(code, radix: 16))), which is no character")
        }
        return scalar
    }

    private mutating func hexadecimal() -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            code = code << 4 | UInt32(next?.hexDigit ?? 0)
            position += 1
        }
        return code
    }
}
