// SPDX-License-Identifier: Apache-2.0

/// Arguments as text that does not lose a byte: shells pass any, and keys, delimiters and file names may be any.
///
/// As Python's "surrogateescape": what is no UTF-8 stands there as one of 256 characters without a meaning of their
/// own, and so do those characters themselves.
enum ArgumentText {
    private static let first: UInt32 = 0x10_ff00

    /// The text of an argument, from which ``bytes(of:)`` gets it back.
    static func text(of bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !isEscaped(text) { return text }
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while let byte = rest.first {
            if let (scalar, length) = scalar(at: rest) {
                text.append(scalar)
                rest = rest.dropFirst(length)
            } else {
                text.append(UnicodeScalar(first + UInt32(byte)) ?? "\u{FFFD}")
                rest = rest.dropFirst()
            }
        }
        return String(text)
    }

    static func bytes(of text: String) -> [UInt8] {
        if !isEscaped(text) { return Array(text.utf8) }
        return text.unicodeScalars.flatMap { scalar in
            byte(of: scalar).map { [$0] } ?? Array(String(Character(scalar)).utf8)
        }
    }

    /// Whether the argument was no text in UTF-8.
    static func isEscaped(_ text: String) -> Bool {
        // The lead byte of the characters that stand for bytes; text without it is the usual case.
        text.utf8.contains(0xf4) && text.unicodeScalars.contains { byte(of: $0) != nil }
    }

    /// The byte that a character stands for.
    static func byte(of scalar: UnicodeScalar) -> UInt8? {
        first...(first + 255) ~= scalar.value ? UInt8(scalar.value - first) : nil
    }

    /// The character that a text begins with; nil for a byte that is none, and for one that stands for a byte.
    private static func scalar(at bytes: ArraySlice<UInt8>) -> (UnicodeScalar, length: Int)? {
        for length in 1...4 where length <= bytes.count {
            guard let text = String(validating: bytes.prefix(length), as: UTF8.self) else { continue }
            guard let scalar = text.unicodeScalars.first, byte(of: scalar) == nil else { return nil }
            return (scalar, length)
        }
        return nil
    }
}
