// SPDX-License-Identifier: Apache-2.0

/// Cuts chunks of input into lines, without an allocation per line: a line inside a chunk is a range of it, and only
/// one that crosses a border is copied, into a buffer that is used again.
///
/// A carriage return belongs to the line, as in kcat. The number of lines includes empty ones.
struct LineSplitter {
    /// What was found next.
    enum Piece: Equatable {
        /// A line without its newline: this range of the chunk.
        case line(Range<Int>)
        /// A line that began in an earlier chunk: all of ``LineSplitter/carry``. Say ``LineSplitter/dropCarry()`` after.
        case carried
        /// A line longer than the limit ends here; this many bytes of it were dropped.
        case tooLong(bytes: Int)
        /// No line ends in the rest of the chunk.
        case needsMore
    }

    private static let newline = UInt8(ascii: "\n")

    let limit: Int
    /// The number of the line found last, from 1.
    private(set) var lineNumber = 0
    /// The beginning of a line whose end has not been read yet.
    private(set) var carry: [UInt8] = []
    /// The bytes dropped so far of a line over the limit, or 0 outside of one.
    private var dropped = 0

    init(limit: Int) { self.limit = limit }

    /// Finds the next piece from `offset` on, and moves it behind.
    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> Piece {
        let start = offset
        guard let end = chunk.firstIndex(of: Self.newline, from: start) else {
            offset = chunk.count
            keep(chunk.extracting(start..<chunk.count))
            return .needsMore
        }
        offset = end + 1
        if dropped == 0 && carry.isEmpty && end - start <= limit {
            lineNumber += 1
            return .line(start..<end)
        }
        keep(chunk.extracting(start..<end))
        return endLine()
    }

    /// What is left when the input has ended: a last line needs no newline.
    mutating func finish() -> Piece {
        carry.isEmpty && dropped == 0 ? .needsMore : endLine()
    }

    /// Forgets the carried line that was dealt with, but not its memory.
    mutating func dropCarry() { carry.removeAll(keepingCapacity: true) }

    private mutating func endLine() -> Piece {
        lineNumber += 1
        guard dropped > 0 else { return .carried }
        defer { dropped = 0 }
        return .tooLong(bytes: dropped)
    }

    /// Adds to the unfinished line, or only counts once it is too long.
    private mutating func keep(_ bytes: Span<UInt8>) {
        if dropped == 0 && carry.count + bytes.count <= limit {
            for index in bytes.indices { carry.append(bytes[index]) }
        } else {
            dropped += carry.count + bytes.count
            dropCarry()
        }
    }
}
