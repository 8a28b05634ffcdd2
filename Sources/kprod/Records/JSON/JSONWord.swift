// SPDX-License-Identifier: Apache-2.0

/// A number, or one of the words `true`, `false` and `null`, a byte at a time.
struct JSONWord {
    private enum State {
        /// The rest of a word that is spelt out.
        case letters(ArraySlice<UInt8>)
        case sign, zero, integer, point, fraction, exponent, exponentSign, exponentDigits
    }

    private var state: State

    /// A word that begins with `byte`; nil if none does.
    init?(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "-"): state = .sign
        case UInt8(ascii: "0"): state = .zero
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .integer
        case UInt8(ascii: "t"): state = .letters(Array("rue".utf8)[...])
        case UInt8(ascii: "f"): state = .letters(Array("alse".utf8)[...])
        case UInt8(ascii: "n"): state = .letters(Array("ull".utf8)[...])
        default: return nil
        }
    }

    /// Whether it may end here.
    var isComplete: Bool {
        switch state {
        case .letters(let rest): rest.isEmpty
        case .zero, .integer, .fraction, .exponentDigits: true
        case .sign, .point, .exponent, .exponentSign: false
        }
    }

    /// Whether `byte` belongs to it.
    mutating func take(_ byte: UInt8) -> Bool {
        if case .letters(let rest) = state {
            guard rest.first == byte else { return false }
            state = .letters(rest.dropFirst())
            return true
        }
        guard let next = next(byte) else { return false }
        state = next
        return true
    }

    private func next(_ byte: UInt8) -> State? {
        let isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        let isE = byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
        switch state {
        case .sign: return byte == UInt8(ascii: "0") ? .zero : isDigit ? .integer : nil
        case .zero: return byte == UInt8(ascii: ".") ? .point : isE ? .exponent : nil
        case .integer: return isDigit ? .integer : byte == UInt8(ascii: ".") ? .point : isE ? .exponent : nil
        case .point: return isDigit ? .fraction : nil
        case .fraction: return isDigit ? .fraction : isE ? .exponent : nil
        case .exponent:
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            return isDigit ? .exponentDigits : isSign ? .exponentSign : nil
        case .exponentSign, .exponentDigits: return isDigit ? .exponentDigits : nil
        case .letters: return nil
        }
    }
}
