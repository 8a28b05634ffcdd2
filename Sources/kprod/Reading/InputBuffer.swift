// SPDX-License-Identifier: Apache-2.0

/// The part of an input that was read and does not make records yet.
struct InputBuffer {
    let name: String
    /// What was read; ``rest`` of it is left.
    private(set) var bytes: [UInt8] = []
    /// Where what is left begins, in the bytes and in the input.
    private var start = 0
    private var offset = 0
    private var recordNumber = 1
    /// So many bytes that are to come belong to a record that was dealt with.
    private var owed = 0

    init(name: String) { self.name = name }

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }
    var rest: Range<Int> { start..<bytes.count }
    /// Where the next record begins.
    var place: Place { Place(source: name, line: recordNumber, offset: offset) }

    mutating func append(_ chunk: Span<UInt8>) {
        let dropped = min(owed, chunk.count)
        owed -= dropped
        offset += dropped
        bytes.removeFirst(start)
        start = 0
        bytes.append(chunk.extracting(dropped..<chunk.count))
    }

    /// Goes on behind a record; its end may not have been read yet.
    mutating func consume(_ length: Int) {
        let available = min(length, count)
        owed = length - available
        start += available
        offset += available
        recordNumber += 1
    }
}
