// SPDX-License-Identifier: Apache-2.0

/// What was found next in an input.
enum InputPiece: Equatable {
    /// A record whose key and value lie in what it was read from as they are.
    case fields(RecordFields)
    /// A record that was put together.
    case record(InputRecord)
    /// An empty piece, which is no record.
    case empty
    /// What says something about the records, and is none.
    case remark
    /// No record, but its end is known; it may be a dead letter already.
    case invalid(reason: String, isLetter: Bool = false)
    /// A record that is too large, and was not kept: `a line of 10 bytes is over the limit of 5`.
    case tooLarge(reason: String)
    /// The end of what comes next has not been read yet.
    case needsMore
    /// Nothing here makes sense, nor anything behind it.
    case broken(reason: String)
}

/// Where the fields of a record are in what it was read from.
struct RecordFields: Equatable {
    enum Key: Equatable {
        /// None of its own: the one for all.
        case ofRun
        case null
        case range(Range<Int>)
    }

    var key = Key.ofRun
    /// Nil is null.
    var value: Range<Int>?
}

/// Finds the records of one input, which comes in chunks: the same ones wherever it is cut.
///
/// Pure: bytes in, records or named faults out. Every format is one of these.
protocol InputParser: Sendable {
    /// Finds the next piece of `chunk` from `offset` on, and moves it behind.
    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> InputPiece
    /// What is left when the input has ended; to be asked until it needs more.
    mutating func finish() -> InputPiece

    /// Where the piece found last begins, and where the next one does.
    var begin: Position { get }
    var end: Position { get }
    /// What it was read from: this part of the chunk or, with ``isKept``, of ``kept``; both only until the next piece.
    var source: Range<Int> { get }
    var isKept: Bool { get }
    var kept: [UInt8] { get }
    /// Whether more of the input would belong to the piece found last, if there were more.
    var isOpen: Bool { get }
}
