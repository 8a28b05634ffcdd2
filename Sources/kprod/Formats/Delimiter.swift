// SPDX-License-Identifier: Apache-2.0

/// The bytes between two parts of a record, as written on the command line.
struct Delimiter: Equatable, Sendable {
    let bytes: [UInt8]

    /// Reads `\n \t \r \0 \\ \xNN`; everything else stands for itself, in UTF-8.
    init(_ text: String) throws(OptionValue.Invalid) {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "0"): bytes.append(0)
            case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "x"): bytes.append(try Self.hexadecimal(&rest))
            default: throw OptionValue.Invalid("has a backslash that is not \\n \\t \\r \\0 \\\\ or \\xNN")
            }
        }
        if bytes.isEmpty { throw OptionValue.Invalid("is empty; give at least one character") }
        self.bytes = bytes
    }

    /// One or two hexadecimal digits.
    private static func hexadecimal(_ rest: inout ArraySlice<UInt8>) throws(OptionValue.Invalid) -> UInt8 {
        var value: UInt8?
        for _ in 0..<2 {
            guard let next = rest.first, let digit = Character(UnicodeScalar(next)).hexDigitValue else { break }
            value = (value ?? 0) << 4 | UInt8(digit)
            rest = rest.dropFirst()
        }
        guard let value else { throw OptionValue.Invalid("has a \\x without hexadecimal digits, such as \\x1f") }
        return value
    }
}
