// SPDX-License-Identifier: Apache-2.0

/// Collects lines that are typed, of any length, with the keys that a terminal itself knows.
///
/// The terminal's own editor cuts a line at 4,095 bytes without a word.
struct LineEditor {
    /// What came of some keys.
    struct Result: Equatable {
        /// Complete lines, or what was sent on with Ctrl-D.
        var lines: [UInt8] = []
        /// To be shown.
        var echo: [UInt8] = []
        /// Ctrl-D on an empty line.
        var isAtEnd = false
    }

    private enum Key {
        static let end: UInt8 = 4
        static let backspace: UInt8 = 8
        static let newline: UInt8 = 10
        static let reprint: UInt8 = 18
        static let kill: UInt8 = 21
        static let literal: UInt8 = 22
        static let eraseWord: UInt8 = 23
        static let delete: UInt8 = 127
    }

    private var line: [UInt8] = []
    /// The next key stands for itself.
    private var isLiteral = false

    mutating func take(_ keys: some Sequence<UInt8>) -> Result {
        var result = Result()
        for key in keys where !result.isAtEnd { take(key, &result) }
        return result
    }

    private mutating func take(_ key: UInt8, _ result: inout Result) {
        if isLiteral {
            isLiteral = false
            return add(key, &result)
        }
        switch key {
        case Key.newline:
            result.lines += line + [key]
            result.echo.append(key)
            line = []
        case Key.end:
            result.isAtEnd = line.isEmpty
            result.lines += line
            line = []
        case Key.delete, Key.backspace: result.echo += eraseCharacter()
        case Key.kill: while !line.isEmpty { result.echo += eraseCharacter() }
        case Key.eraseWord:
            while let last = line.last, last == 32 || last == 9 { result.echo += eraseCharacter() }
            while let last = line.last, last != 32, last != 9 { result.echo += eraseCharacter() }
        case Key.reprint: result.echo += [94, 82, Key.newline] + line.flatMap { Self.shown($0) }
        case Key.literal: isLiteral = true
        default: add(key, &result)
        }
    }

    private mutating func add(_ key: UInt8, _ result: inout Result) {
        line.append(key)
        result.echo += Self.shown(key)
    }

    /// Takes back one character, all of its bytes; returns what takes it off the screen.
    private mutating func eraseCharacter() -> [UInt8] {
        guard let last = line.popLast() else { return [] }
        var byte = last
        while byte & 0xc0 == 0x80, let before = line.last, before >= 0x80 {
            byte = before
            line.removeLast()
        }
        let width = Self.shown(last).count == 2 ? 2 : 1
        return Array(repeating: [8, 32, 8], count: width).flatMap { $0 }
    }

    /// A control character is shown as a terminal shows it: `^A`.
    private static func shown(_ byte: UInt8) -> [UInt8] {
        (byte < 32 && byte != 9) || byte == 127 ? [94, byte ^ 64] : [byte]
    }
}
