// SPDX-License-Identifier: Apache-2.0

/// Cuts chunks of input into JSON values, one per line or spread over several, as they come.
///
/// What is no JSON costs as little as possible: the lines before the one where that shows, or that one. A byte order
/// mark at the beginning does not count.
struct JSONSplitter {
    enum Piece: Equatable {
        /// ``JSONSplitter/source`` is a value. Say ``JSONSplitter/dropSource()`` after.
        case value
        /// ``JSONSplitter/source`` is none. Say ``JSONSplitter/dropSource()`` after.
        case broken(reason: String)
        /// A value longer than the limit ends here; it had this many bytes.
        case tooLong(bytes: Int)
        case needsMore
    }

    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    let limit: Int
    /// The text of the value found last, or of the one that is being read.
    private(set) var source: [UInt8] = []
    private var grammar = JSONGrammar()
    /// Where the value begins.
    private(set) var begin = Position()
    private var current = Position()
    /// Behind the last line break inside of the value.
    private var lastLine: Position?
    /// What is wrong with the line that is being passed over.
    private var flaw: String?
    /// Bytes of the value, kept or not.
    private var length = 0
    /// A line that is read again, the last byte first.
    private var again: [UInt8] = []

    /// Finds values from `start` on, which is not inside of one.
    init(limit: Int, from start: Position = Position()) {
        self.limit = limit
        current = start
    }

    /// Behind the value and the blank that ended it.
    var end: Position { current }

    mutating func next(in chunk: Span<UInt8>, at offset: inout Int) -> Piece {
        while let byte = again.popLast() {
            if let piece = take(byte) { return piece }
        }
        while offset < chunk.count {
            let byte = chunk[offset]
            offset += 1
            if let piece = take(byte) { return piece }
            while let byte = again.popLast() {
                if let piece = take(byte) { return piece }
            }
        }
        return .needsMore
    }

    /// What is left when the input has ended; to be asked until it needs more.
    mutating func finish() -> Piece {
        while let byte = again.popLast() {
            if let piece = take(byte) { return piece }
        }
        if length == 0 { return .needsMore }
        return complete(flaw ?? grammar.flawAtEnd())
    }

    /// Whether no value has begun that has no end yet.
    var isEmpty: Bool { length == 0 && again.isEmpty }

    mutating func dropSource() { source.removeAll(keepingCapacity: true) }

    private mutating func take(_ byte: UInt8) -> Piece? {
        if flaw != nil { return passOver(byte) }
        if length == 0 {
            let isMark = current.byte < 3 && byte == Self.byteOrderMark[current.byte]
            if byte.isBlank || isMark {
                current.advance(over: byte)
                return nil
            }
            begin = current
        }
        switch grammar.take(byte) {
        case .goesOn:
            keep(byte)
            if byte == 10 { lastLine = current }
            return nil
        case .ends:
            keep(byte)
            return complete(nil)
        case .endsBefore:
            let piece = complete(nil)
            current.advance(over: byte)
            return piece
        case .fails(let reason):
            let text = "\(reason) (byte \(NumberText.grouped(current.byte)))"
            if let piece = breakOffBeforeLine(with: byte, text) { return piece }
            flaw = text
            return passOver(byte)
        }
    }

    /// The rest of a broken line.
    private mutating func passOver(_ byte: UInt8) -> Piece? {
        if byte != 10 {
            keep(byte)
            return nil
        }
        let piece = complete(flaw)
        current.advance(over: byte)
        return piece
    }

    /// What was not complete ended with the line before; the line of `byte` may be a value of its own.
    private mutating func breakOffBeforeLine(with byte: UInt8, _ text: String) -> Piece? {
        guard let lastLine, length <= limit else { return nil }
        let count = lastLine.byte - begin.byte
        again = [byte] + source[count...].reversed()
        // Without the line break.
        source.removeLast(source.count - count + 1)
        current = lastLine
        length = count
        return complete(text)
    }

    private mutating func keep(_ byte: UInt8) {
        length += 1
        if length <= limit { source.append(byte) }
        current.advance(over: byte)
    }

    private mutating func complete(_ flaw: String?) -> Piece {
        defer {
            length = 0
            grammar = JSONGrammar()
            lastLine = nil
            self.flaw = nil
        }
        if length > limit {
            dropSource()
            return .tooLong(bytes: length)
        }
        return flaw.map { .broken(reason: $0) } ?? .value
    }
}

extension Position {
    fileprivate mutating func advance(over byte: UInt8) {
        self.byte += 1
        if byte == 10 { line += 1 }
    }
}
