// SPDX-License-Identifier: Apache-2.0

/// Turns a line, without its delimiter, into the fields of a record.
protocol LineRules: Sendable {
    /// What `line` is; ranges count from its beginning.
    func parse(_ line: Span<UInt8>) -> InputPiece
    /// Whether a carriage return ends a line as well, and belongs to the end before a newline.
    var endsAtReturn: Bool { get }
}

extension LineRules {
    var endsAtReturn: Bool { false }
}

/// Records that are lines, or pieces between delimiters.
struct LineParser<Rules: LineRules>: InputParser {
    let rules: Rules
    private var splitter: LineSplitter
    private(set) var source = 0..<0
    private(set) var isKept = false
    private var isAtEnd = false
    /// Where the line begins in what it was found in, and what is left of it where a carriage return ends a record.
    private var lineBegin = 0
    private var rest: Range<Int>?

    init(_ rules: Rules, delimiter: Delimiter = .newline, limit: Int, from start: Position = Position()) {
        self.rules = rules
        splitter = LineSplitter(limit: limit, delimiter: delimiter, from: start)
    }

    var kept: [UInt8] { splitter.carry }
    var isOpen: Bool { isAtEnd && rest == nil }

    var begin: Position {
        Position(byte: splitter.lineStart + source.lowerBound - lineBegin, line: splitter.lineNumber)
    }

    var end: Position {
        guard let rest else { return splitter.lineEnd }
        return Position(byte: splitter.lineStart + rest.lowerBound - lineBegin, line: splitter.lineNumber)
    }

    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> InputPiece {
        if rest != nil {
            let carry = splitter.carry
            return isKept ? cut(carry.span) : cut(chunk)
        }
        dropLine()
        return found(splitter.next(in: chunk, at: &offset), chunk)
    }

    mutating func finish() -> InputPiece {
        if rest != nil {
            let carry = splitter.carry
            return cut(carry.span)
        }
        dropLine()
        isAtEnd = true
        return found(splitter.finish(), [UInt8]().span)
    }

    private mutating func dropLine() {
        if isKept { splitter.dropCarry() }
        isKept = false
    }

    private mutating func found(_ piece: LineSplitter.Piece, _ chunk: Span<UInt8>) -> InputPiece {
        switch piece {
        case .line(let range):
            source = range
            lineBegin = range.lowerBound
            return rules.endsAtReturn ? begin(range, chunk) : rules.parse(chunk.extracting(range))
        case .carried:
            let carry = splitter.carry
            isKept = true
            source = carry.indices
            lineBegin = 0
            return rules.endsAtReturn ? begin(source, carry.span) : rules.parse(carry.span)
        case .tooLong(let bytes):
            source = 0..<0
            lineBegin = 0
            return .tooLarge(reason: LimitText.over("a line", bytes, splitter.limit))
        case .needsMore: return .needsMore
        }
    }

    private mutating func begin(_ line: Range<Int>, _ bytes: Span<UInt8>) -> InputPiece {
        let hasReturn = !line.isEmpty && bytes[line.upperBound - 1] == 13
        rest = line.lowerBound..<(hasReturn ? line.upperBound - 1 : line.upperBound)
        return cut(bytes)
    }

    /// Takes the next piece of a line with carriage returns in it.
    private mutating func cut(_ bytes: Span<UInt8>) -> InputPiece {
        guard let left = rest else { return .needsMore }
        let end = bytes.firstIndex(of: 13, from: left.lowerBound) ?? left.upperBound
        let isLast = end >= left.upperBound
        source = left.lowerBound..<min(end, left.upperBound)
        rest = isLast ? nil : (end + 1)..<left.upperBound
        return rules.parse(bytes.extracting(source))
    }
}
