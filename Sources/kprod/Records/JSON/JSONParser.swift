// SPDX-License-Identifier: Apache-2.0

/// Records that JSON values describe, one after the other.
struct JSONParser: InputParser {
    let rules: EnvelopeRules
    private var splitter: JSONSplitter
    private(set) var isKept = false
    private(set) var isOpen = false

    /// - Parameter limit: The longest value, in bytes of JSON.
    init(_ rules: EnvelopeRules, limit: Int, from start: Position = Position()) {
        self.rules = rules
        splitter = JSONSplitter(limit: limit, from: start)
    }

    var begin: Position { splitter.begin }
    var end: Position { splitter.end }
    var source: Range<Int> { 0..<splitter.source.count }
    var kept: [UInt8] { splitter.source }

    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> InputPiece {
        dropSource()
        return found(splitter.next(in: chunk, at: &offset))
    }

    mutating func finish() -> InputPiece {
        dropSource()
        // A word or a number would go on.
        isOpen = !splitter.isEmpty
        return found(splitter.finish())
    }

    private mutating func dropSource() {
        if isKept { splitter.dropSource() }
        isKept = false
    }

    private mutating func found(_ piece: JSONSplitter.Piece) -> InputPiece {
        if piece != .needsMore { isKept = true }
        switch piece {
        case .value: return record()
        case .broken(let reason): return .invalid(reason: "is not JSON: \(reason)")
        case .tooLong(let bytes): return .tooLarge(reason: LimitText.over("a value", bytes, splitter.limit))
        case .needsMore: return .needsMore
        }
    }

    private func record() -> InputPiece {
        do throws(JSONCursor.Invalid) {
            switch try RecordEnvelope(splitter.source, rules) {
            case .record(let record): return .record(record.keeping(rules.preserved))
            case .deadLetterHead: return .remark
            case .unparsedLetter:
                return .invalid(
                    reason: "is a dead letter of input that was no record; mend what its raw or raw_base64 holds",
                    isLetter: true
                )
            }
        } catch {
            return .invalid(reason: error.reason)
        }
    }
}
