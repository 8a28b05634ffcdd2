// SPDX-License-Identifier: Apache-2.0

/// Cuts chunks of input into lines, without an allocation per line: a line inside a chunk is a range of it, and only
/// one that crosses a border is copied, into a buffer that is used again.
///
/// A line ends at the first delimiter, which may have several bytes and lie across a border. A carriage return belongs
/// to the line, as in kcat. The number of lines includes empty ones.
struct LineSplitter {
    /// What was found next.
    enum Piece: Equatable {
        /// A line without its delimiter: this range of the chunk.
        case line(Range<Int>)
        /// A line that began in an earlier chunk: all of ``LineSplitter/carry``. Say ``LineSplitter/dropCarry()`` after.
        case carried
        /// A line longer than the limit ends here; it had this many bytes.
        case tooLong(bytes: Int)
        /// No line ends in the rest of the chunk.
        case needsMore
    }

    let limit: Int
    /// The number of the line found last, from 1.
    private(set) var lineNumber = 0
    /// Where the line found last begins in the input.
    private(set) var lineStart = 0
    /// Behind the line found last and its delimiter.
    var lineEnd: Position { Position(byte: nextStart, line: lineNumber + 1) }
    /// The beginning of a line whose end has not been read yet. Of one that is too long already, only as much as a
    /// delimiter across the border needs.
    private(set) var carry: [UInt8] = []
    private let delimiter: [UInt8]
    private let last: UInt8
    private var isTooLong = false
    /// Where the chunk, and the line that is not yet complete, begin in the input.
    private var chunkStart = 0
    private var nextStart = 0

    /// Finds lines from `start` on, where one begins.
    init(limit: Int, delimiter: Delimiter = .newline, from start: Position = Position()) {
        self.limit = limit
        lineNumber = start.line - 1
        lineStart = start.byte
        nextStart = start.byte
        chunkStart = start.byte
        self.delimiter = delimiter.bytes
        last = delimiter.bytes.last ?? 10
    }

    /// Finds the next piece from `offset` on, and moves it behind.
    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> Piece {
        let start = offset
        if start == 0, delimiter.count > 1, let begun = delimiterBegun(before: chunk) {
            offset = delimiter.count - begun
            carry.removeLast(begun)
            return endLine(at: chunkStart - begun)
        }
        let found =
            delimiter.count == 1
            ? chunk.firstIndex(of: last, from: start) : chunk.firstIndex(of: delimiter, from: start)
        guard let end = found else {
            offset = chunk.count
            keep(chunk.extracting(start..<chunk.count))
            chunkStart += chunk.count
            return .needsMore
        }
        offset = end + delimiter.count
        if carry.isEmpty && !isTooLong && end - start <= limit {
            lineNumber += 1
            lineStart = nextStart
            nextStart = chunkStart + offset
            return .line(start..<end)
        }
        keep(chunk.extracting(start..<end))
        return endLine(at: chunkStart + end)
    }

    /// What is left when the input has ended: a last line needs no delimiter.
    mutating func finish() -> Piece {
        if carry.isEmpty && !isTooLong { return .needsMore }
        defer { nextStart = chunkStart }
        return endLine(at: chunkStart)
    }

    /// Forgets the carried line that was dealt with, but not its memory.
    mutating func dropCarry() { carry.removeAll(keepingCapacity: true) }

    private mutating func endLine(at end: Int) -> Piece {
        lineNumber += 1
        lineStart = nextStart
        nextStart = end + delimiter.count
        let length = end - lineStart
        defer { isTooLong = false }
        guard isTooLong || length > limit else { return .carried }
        dropCarry()
        return .tooLong(bytes: length)
    }

    /// How many bytes of a delimiter the carry ends with, when the chunk begins with the rest of it.
    private func delimiterBegun(before chunk: Span<UInt8>) -> Int? {
        // The longest is the one that begins first.
        for begun in stride(from: min(delimiter.count - 1, carry.count), to: 0, by: -1) {
            guard chunk.count >= delimiter.count - begun else { continue }
            let isBegun = (0..<begun).allSatisfy { carry[carry.count - begun + $0] == delimiter[$0] }
            guard isBegun else { continue }
            var index = begun
            while index < delimiter.count && chunk[index - begun] == delimiter[index] { index += 1 }
            if index == delimiter.count { return begun }
        }
        return nil
    }

    /// Adds to the unfinished line. Once it is too long, only its last bytes matter.
    private mutating func keep(_ bytes: Span<UInt8>) {
        let context = delimiter.count - 1
        if !isTooLong && carry.count + bytes.count <= limit + context {
            for index in bytes.indices { carry.append(bytes[index]) }
            return
        }
        isTooLong = true
        let start = max(0, bytes.count - context)
        for index in start..<bytes.count { carry.append(bytes[index]) }
        carry.removeFirst(max(0, carry.count - context))
    }
}
