// SPDX-License-Identifier: Apache-2.0

/// The grammar of one JSON value (RFC 8259), a byte at a time.
///
/// Strict, but for what may be inside of strings: every byte but a line break, UTF-8 or not, as kcat writes payloads.
struct JSONGrammar {
    enum Step: Equatable {
        /// The byte belongs to the value, and more does.
        case goesOn
        /// The byte is the value's last one.
        case ends
        /// The value has ended with the byte before.
        case endsBefore
        /// The byte cannot stand here.
        case fails(String)
    }

    private enum State {
        /// What may come next between tokens; the first two are behind an opening bracket, which may close at once.
        case firstElement, firstName, value, name, colon, comma
        case string, escape, digits(Int), word(JSONWord)
    }

    private enum Container {
        case object, array
    }

    /// Deeper nesting is not a record.
    static let depthLimit = 200

    private var state = State.value
    private var containers: [Container] = []
    private var isName = false

    mutating func take(_ byte: UInt8) -> Step {
        switch state {
        case .string: return inString(byte)
        case .escape: return escaped(byte)
        case .digits(let left):
            guard byte.hexDigit != nil else { return .fails("\\u is not followed by four hexadecimal digits") }
            state = left == 1 ? .string : .digits(left - 1)
            return .goesOn
        case .word(var word):
            if word.take(byte) {
                state = .word(word)
                return .goesOn
            }
            if !word.isComplete { return .fails("a number or a word is not complete") }
            if containers.isEmpty { return byte.isBlank ? .endsBefore : .fails("something follows a value") }
            state = .comma
        default: break
        }
        return byte.isBlank ? .goesOn : token(byte)
    }

    /// Whether the bytes are one value, with nothing but blanks around it.
    static func isValue(_ bytes: [UInt8]) -> Bool {
        var grammar = JSONGrammar()
        var hasEnded = false
        for byte in bytes {
            if hasEnded {
                if !byte.isBlank { return false }
                continue
            }
            switch grammar.take(byte) {
            case .goesOn: break
            case .ends, .endsBefore: hasEnded = true
            case .fails: return false
            }
        }
        return hasEnded || grammar.flawAtEnd() == nil
    }

    /// Why the value is not complete when nothing follows; nil when it is.
    func flawAtEnd() -> String? {
        if case .word(let word) = state, word.isComplete, containers.isEmpty { return nil }
        return "the value is not complete"
    }

    private mutating func token(_ byte: UInt8) -> Step {
        switch (state, byte) {
        case (.firstElement, UInt8(ascii: "]")), (.firstName, UInt8(ascii: "}")): return close()
        case (.firstName, _), (.name, _):
            guard byte == UInt8(ascii: "\"") else { return .fails("a name in quotes is missing") }
            return begin(.string, isName: true)
        case (.colon, _):
            guard byte == UInt8(ascii: ":") else { return .fails("a colon is missing") }
            state = .value
            return .goesOn
        case (.comma, _): return behindValue(byte)
        default: return value(byte)
        }
    }

    private mutating func value(_ byte: UInt8) -> Step {
        switch byte {
        case UInt8(ascii: "{"): return open(.object, .firstName)
        case UInt8(ascii: "["): return open(.array, .firstElement)
        case UInt8(ascii: "\""): return begin(.string, isName: false)
        default:
            guard let word = JSONWord(byte) else { return .fails("a value is missing") }
            state = .word(word)
            return .goesOn
        }
    }

    private mutating func behindValue(_ byte: UInt8) -> Step {
        switch (byte, containers.last) {
        case (UInt8(ascii: ","), .object): state = .name
        case (UInt8(ascii: ","), .array): state = .value
        case (UInt8(ascii: "}"), .object), (UInt8(ascii: "]"), .array): return close()
        case (_, .object): return .fails("a comma or } is missing")
        default: return .fails("a comma or ] is missing")
        }
        return .goesOn
    }

    private mutating func inString(_ byte: UInt8) -> Step {
        switch byte {
        case UInt8(ascii: "\""):
            if isName {
                state = .colon
                return .goesOn
            }
            return valueEnds()
        case UInt8(ascii: "\\"): state = .escape
        case 10: return .fails("a line ends inside of a string")
        default: break
        }
        return .goesOn
    }

    private mutating func escaped(_ byte: UInt8) -> Step {
        switch byte {
        case UInt8(ascii: "u"): state = .digits(4)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            state = .string
        default: return .fails("a backslash is not followed by what JSON knows")
        }
        return .goesOn
    }

    private mutating func begin(_ next: State, isName: Bool) -> Step {
        self.isName = isName
        state = next
        return .goesOn
    }

    private mutating func open(_ container: Container, _ next: State) -> Step {
        if containers.count == Self.depthLimit { return .fails("nested more than \(Self.depthLimit) deep") }
        containers.append(container)
        state = next
        return .goesOn
    }

    private mutating func close() -> Step {
        containers.removeLast()
        return valueEnds()
    }

    private mutating func valueEnds() -> Step {
        state = .comma
        return containers.isEmpty ? .ends : .goesOn
    }
}

extension UInt8 {
    /// What may stand between the tokens of JSON.
    var isBlank: Bool { self == 0x20 || self == 0x0a || self == 0x0d || self == 0x09 }
}
