// SPDX-License-Identifier: Apache-2.0

/// Records that a ``RecordParser`` finds, one after the other, in as much of the input as that takes.
///
/// A part over the limit is not kept but passed over, so that a record of any size costs only itself.
struct BufferedParser<Parser: RecordParser>: InputParser {
    /// Many parts that are not too large make a record that is; where none is, this is where patience ends.
    private static var bound: Int { 64 << 20 }

    let parser: Parser
    /// The longest record, in bytes of its key and its value.
    let limit: Int
    private var buffer: InputBuffer
    /// How many bytes here the piece found last takes, and how many of its parts were left out.
    private var length = 0
    private var omissions = 0
    private var isBroken = false
    private(set) var isOpen = false

    init(_ parser: Parser, limit: Int, from start: Position = Position()) {
        self.parser = parser
        self.limit = limit
        buffer = InputBuffer(from: start)
    }

    var begin: Position { buffer.position }
    var end: Position { buffer.end(of: length) }
    var source: Range<Int> { buffer.rest.lowerBound..<(buffer.rest.lowerBound + length) }
    var isKept: Bool { true }
    var kept: [UInt8] { buffer.bytes }

    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> InputPiece {
        goOn()
        if offset < chunk.count { buffer.append(chunk.extracting(offset..<chunk.count)) }
        offset = chunk.count
        return find(isEnd: false)
    }

    mutating func finish() -> InputPiece {
        goOn()
        return find(isEnd: true)
    }

    private mutating func goOn() {
        if length == 0 { return }
        buffer.consume(length)
        length = 0
        omissions = 0
    }

    private mutating func find(isEnd: Bool) -> InputPiece {
        while !buffer.isEmpty, !isBroken {
            if buffer.owed > 0 { return isEnd ? broken("\(tooLarge(0)), and the input ends inside of it") : .needsMore }
            switch parsed(isEnd: isEnd) {
            case .record(let record, let length):
                let isTooLarge = (record.key?.count ?? 0) + (record.value?.count ?? 0) > limit
                return found(length, length, .record(record), isTooLarge: isTooLarge || buffer.omitted > 0, isEnd)
            case .parts(let key, let value, let length):
                let size = (key?.count ?? 0) + (value?.count ?? 0)
                let fields = RecordFields(key: key.map { .range($0) } ?? .ofRun, value: value)
                return found(length, size, .fields(fields), isTooLarge: size + buffer.omitted > limit, isEnd)
            case .invalid(let reason, let length, let isWhole):
                return found(
                    length,
                    length,
                    .invalid(reason: reason),
                    isTooLarge: isWhole && buffer.omitted > 0,
                    isEnd
                )
            case .oversized(let offset, let size, let isSized):
                buffer.omit(size, at: offset)
                if isSized { omissions += 1 }
            case .needsMore(let part):
                if isEnd { return broken("the input ends inside a record") }
                return wait(part)
            case .broken(let reason): return broken(reason)
            }
        }
        return .needsMore
    }

    private func parsed(isEnd: Bool) -> ParsedRecord {
        parser.parse(buffer.bytes.span.extracting(buffer.rest), omitted: omissions, isEnd: isEnd)
    }

    private mutating func found(
        _ length: Int,
        _ size: Int,
        _ piece: InputPiece,
        isTooLarge: Bool,
        _ isEnd: Bool
    ) -> InputPiece {
        self.length = length
        isOpen = isEnd && length == buffer.count && !parser.endsRecords
        return isTooLarge ? .tooLarge(reason: tooLarge(size)) : piece
    }

    /// What is over the limit of a part that has no end yet is passed over.
    private mutating func wait(_ part: Int?) -> InputPiece {
        let tail = max(parser.longestText, 1)
        if let part, buffer.count - part > limit + tail { buffer.omit(buffer.count - part - tail, at: part) }
        if buffer.count > max(Self.bound, 4 * limit) {
            return broken("a record of more than \(NumberText.grouped(buffer.count)) bytes has no end")
        }
        return .needsMore
    }

    private mutating func broken(_ reason: String) -> InputPiece {
        isBroken = true
        length = buffer.count
        return .broken(reason: reason)
    }

    private func tooLarge(_ size: Int) -> String { LimitText.over("a record", size + buffer.omitted, limit) }
}
