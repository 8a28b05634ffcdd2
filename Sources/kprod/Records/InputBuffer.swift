// SPDX-License-Identifier: Apache-2.0

/// The part of an input that was read and does not make records yet.
struct InputBuffer {
    /// What was read; ``rest`` of it is left.
    private(set) var bytes: [UInt8] = []
    /// Where what is left begins, in the bytes and in the input.
    private var start = 0
    private(set) var position: Position
    /// So many bytes that are to come are left out of the record in hand.
    private(set) var owed = 0
    /// So many bytes of the record in hand were or are left out.
    private(set) var omitted = 0

    init(from position: Position) { self.position = position }

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }
    var rest: Range<Int> { start..<bytes.count }

    mutating func append(_ chunk: Span<UInt8>) {
        let dropped = min(owed, chunk.count)
        owed -= dropped
        bytes.removeFirst(start)
        start = 0
        bytes.append(chunk.extracting(dropped..<chunk.count))
    }

    /// Leaves out so many bytes of the record in hand, the first of them at `offset`; some may not have been read yet.
    mutating func omit(_ size: Int, at offset: Int) {
        let available = min(size, count - offset)
        bytes.removeSubrange((start + offset)..<(start + offset + available))
        owed = size - available
        omitted += size
    }

    /// Goes on behind a record of which so many bytes are here.
    mutating func consume(_ length: Int) {
        start += length
        position = end(of: length)
        omitted = 0
    }

    /// Behind a record of which so many bytes are here.
    func end(of length: Int) -> Position { Position(byte: position.byte + length + omitted, line: position.line + 1) }
}
