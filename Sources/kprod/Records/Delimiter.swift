// SPDX-License-Identifier: Apache-2.0

/// The bytes between two parts of a record, as written on the command line.
struct Delimiter: Equatable, Sendable {
    /// Whose escapes are understood.
    enum Dialect: Sendable {
        /// `\n \t \r \0 \\ \xNN`; any other backslash is an error.
        case strict
        /// As kcat, which reads as many digits after `\x` as there are and keeps the lowest byte, and leaves a
        /// backslash that it does not know in place. It documents `\r` and cannot take NUL: both work here.
        case kcat
        /// As rpk in a template: `\n \t \r \\ \xNN`.
        case template

        fileprivate var known: String {
            self == .template ? "\\n \\t \\r \\\\ or \\xNN" : "\\n \\t \\r \\0 \\\\ or \\xNN"
        }
    }

    static let newline = Delimiter(bytes: [10])
    static let tab = Delimiter(bytes: [9])

    let bytes: [UInt8]

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Everything that is not an escape stands for itself, in UTF-8.
    init(_ text: String, _ dialect: Dialect = .strict) throws(OptionValue.Invalid) {
        var bytes: [UInt8] = []
        var rest = ArgumentText.bytes(of: text)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "0") where dialect != .template: bytes.append(0)
            case UInt8(ascii: "\\") where dialect != .kcat: bytes.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "x"): bytes.append(try Self.hexadecimal(&rest, dialect))
            case let other where dialect == .kcat:
                bytes.append(UInt8(ascii: "\\"))
                if let other { rest = [other] + rest }
            default: throw OptionValue.Invalid("has a backslash that is not \(dialect.known)")
            }
        }
        if bytes.isEmpty { throw OptionValue.Invalid("is empty; give at least one character") }
        self.bytes = bytes
    }

    /// One or two hexadecimal digits; for kcat any number of them.
    private static func hexadecimal(
        _ rest: inout ArraySlice<UInt8>,
        _ dialect: Dialect
    ) throws(OptionValue.Invalid) -> UInt8 {
        var value: UInt8?
        var digits = 0
        while dialect == .kcat || digits < 2, let next = rest.first {
            guard let digit = next.hexDigit else { break }
            value = (value ?? 0) << 4 | digit
            digits += 1
            rest = rest.dropFirst()
        }
        guard let value else { throw OptionValue.Invalid("has a \\x without hexadecimal digits, such as \\x1f") }
        return value
    }
}
