// SPDX-License-Identifier: Apache-2.0

/// One record that is all of an input, final newline and all.
struct WholeParser: InputParser {
    let rules: RecordRules
    /// The longest input, in bytes.
    let limit: Int
    private(set) var kept: [UInt8] = []
    private(set) var end = Position()
    private var isOver = false

    init(_ rules: RecordRules, limit: Int) {
        self.rules = rules
        self.limit = limit
    }

    var begin: Position { Position() }
    var source: Range<Int> { kept.indices }
    var isKept: Bool { true }
    var isOpen: Bool { true }

    /// What is too long is read to its end all the same: the message says how long it is.
    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> InputPiece {
        let rest = chunk.extracting(offset..<chunk.count)
        offset = chunk.count
        end.byte += rest.count
        if end.byte <= limit { kept.append(rest) } else { kept = [] }
        return .needsMore
    }

    mutating func finish() -> InputPiece {
        if isOver { return .needsMore }
        isOver = true
        if end.byte > limit { return .tooLarge(reason: LimitText.over("a file", end.byte, limit)) }
        return rules.parse(kept.span)
    }
}
