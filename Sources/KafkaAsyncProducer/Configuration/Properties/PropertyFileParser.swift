// SPDX-License-Identifier: Apache-2.0

/// Reads the text of a property file. Pure.
///
/// The grammar is Java's (`java.util.Properties`), with what kcat's files need: blanks at the end of a value do not
/// count, and a backslash before a character without a meaning of its own stays. Sections are this library's.
struct PropertyFileParser {
    typealias Scalars = [Unicode.Scalar]

    /// A property, or the head of a section, with the number of its first line.
    struct Item {
        enum Content {
            case property(name: String, value: String)
            case section(String)
        }
        let line: Int
        let content: Content
    }

    /// How the text is called in errors.
    let source: String

    func items(of text: String) throws(KafkaError) -> [Item] {
        var items: [Item] = []
        var lines = NaturalLines(text)
        while let (number, first) = lines.next() {
            guard let start = first.first, start != "#", start != "!" else { continue }
            if let section = Self.section(first) {
                items.append(Item(line: number, content: .section(section)))
                continue
            }
            var logical = first
            while Self.isContinued(logical) {
                logical.removeLast()
                guard let (_, more) = lines.next() else { break }
                logical += more
            }
            items.append(Item(line: number, content: try property(logical, line: number)))
        }
        return items
    }

    /// `[profile NAME]` or `[NAME]`.
    private static func section(_ line: Scalars) -> String? {
        let line = line.trimmed
        guard line.first == "[", line.last == "]" else { return nil }
        let words = line.dropFirst().dropLast().split { $0.isBlank }.map { String(scalars: $0) }
        return (words.first == "profile" && words.count > 1 ? words.dropFirst() : words[...]).joined(separator: " ")
    }

    /// An odd number of backslashes at the end.
    private static func isContinued(_ line: Scalars) -> Bool {
        line.reversed().prefix { $0 == "\\" }.count % 2 == 1
    }

    private func property(_ line: Scalars, line number: Int) throws(KafkaError) -> Item.Content {
        var end = line.startIndex
        while end < line.endIndex, !line[end].isBlank, line[end] != "=", line[end] != ":" {
            end += line[end] == "\\" ? 2 : 1
        }
        end = min(end, line.endIndex)
        var start = line[end...].firstIndex { !$0.isBlank } ?? line.endIndex
        let hasSeparator = start < line.endIndex
        if hasSeparator, line[start] == "=" || line[start] == ":" {
            start = line[(start + 1)...].firstIndex { !$0.isBlank } ?? line.endIndex
        }
        let name = try unescape(line[..<end], line: number)
        guard hasSeparator, PropertyName.isPlausible(name) else {
            // The line is not shown: it may be a secret without its name, or a line in the middle of a key.
            throw failure(number, "is not a property: write NAME=VALUE, and \\ at the end of a line to go on")
        }
        return .property(name: name, value: try unescape(line[start...].trimmedAtEnd, line: number))
    }

    private func unescape(_ text: ArraySlice<Unicode.Scalar>, line: Int) throws(KafkaError) -> String {
        var units: [UInt16] = []
        var rest = text
        while let scalar = rest.popFirst() {
            guard scalar == "\\", let escaped = rest.popFirst() else {
                units.append(contentsOf: Character(scalar).utf16)
                continue
            }
            switch escaped {
            case "t": units.append(9)
            case "n": units.append(10)
            case "f": units.append(12)
            case "r": units.append(13)
            case "u":
                let digits = rest.prefix(4)
                guard digits.count == 4, digits.allSatisfy(\.properties.isASCIIHexDigit),
                    let unit = UInt16(String(scalars: digits), radix: 16)
                else { throw failure(line, "\\u needs four hexadecimal digits") }
                units.append(unit)
                rest = rest.dropFirst(4)
            case "\\", "=", ":", "#", "!", " ": units.append(contentsOf: Character(escaped).utf16)
            default: units.append(contentsOf: "\\\(Character(escaped))".utf16)
            }
        }
        guard let text = String(validating: units, as: UTF16.self) else {
            throw failure(line, "\\u escapes half a character: write both halves of a surrogate pair")
        }
        return text
    }

    private func failure(_ line: Int, _ message: String) -> KafkaError {
        KafkaError(.invalidConfiguration, "\(source):\(line): \(message)")
    }

    /// Lines as they stand in the file, from 1, without blanks in front; they end with LF, CR or both.
    private struct NaturalLines {
        private var rest: ArraySlice<Unicode.Scalar>
        private var number = 0

        init(_ text: String) {
            rest = Array(text.unicodeScalars)[...]
            if rest.first == "\u{FEFF}" { rest = rest.dropFirst() }
        }

        mutating func next() -> (number: Int, line: Scalars)? {
            guard !rest.isEmpty else { return nil }
            let line = rest.prefix { $0 != "\n" && $0 != "\r" }
            rest = rest[line.endIndex...]
            if rest.popFirst() == "\r", rest.first == "\n" { rest = rest.dropFirst() }
            number += 1
            return (number, Array(line.drop { $0.isBlank }))
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isBlank: Bool { self == " " || self == "\t" || self == "\u{C}" }
}

extension BidirectionalCollection where Element == Unicode.Scalar {
    fileprivate var trimmed: SubSequence { drop { $0.isBlank }.trimmedAtEnd }

    /// Without blanks at the end, but for one that a backslash stands before.
    fileprivate var trimmedAtEnd: SubSequence {
        var text = self[...]
        while let last = text.last, last.isBlank {
            let before = text.dropLast()
            if before.reversed().prefix(while: { $0 == "\\" }).count % 2 == 1 { break }
            text = before
        }
        return text
    }
}

extension String {
    init(scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
