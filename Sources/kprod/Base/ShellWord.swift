// SPDX-License-Identifier: Apache-2.0

/// Words of a command line that people are shown to be typed.
enum ShellWord {
    /// What a shell reads as `text`, byte for byte; see ``ArgumentText``.
    static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte.isAlphanumeric || "_-./:,=@%+".utf8.contains(byte)
        }
        if isPlain, !text.isEmpty { return text }
        let isPrintable = text.unicodeScalars.allSatisfy { !$0.properties.isNoncharacterCodePoint }
        if isPrintable, printable(text, limit: .max) == text {
            return "'" + text.replacing("'", with: "'\\''") + "'"
        }
        return "$'" + ArgumentText.bytes(of: text).map { escaped($0) }.joined() + "'"
    }

    private static func escaped(_ byte: UInt8) -> String {
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") { return "\\\(UnicodeScalar(byte))" }
        if 0x20..<0x7f ~= byte { return "\(UnicodeScalar(byte))" }
        return "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
    }
}

extension UInt8 {
    fileprivate var isAlphanumeric: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
