// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines, and never holds more than one line and what one read brought.
struct LineSplitter {
    enum Item: Equatable {
        /// Without its line feed, and without a carriage return before that.
        case line([UInt8])
        /// A line longer than the limit; its bytes were thrown away as they came.
        case tooLong
    }

    private let limit: Int
    private var buffer: [UInt8] = []
    private var start = 0
    /// Up to here there is no line feed: no byte is looked at twice.
    private var searched = 0
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    /// Whether bytes wait for the end of their line.
    var hasRest: Bool { isSkipping || start < buffer.count }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.removeSubrange(..<start)
        searched -= start
        start = 0
        buffer.append(contentsOf: bytes)
    }

    /// The next line that is complete.
    mutating func next() -> Item? {
        guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.count
            // One more for a carriage return.
            if isSkipping || buffer.count - start > limit + 1 {
                isSkipping = true
                start = buffer.count
            }
            return nil
        }
        var line = buffer[start..<end]
        start = end + 1
        searched = start
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        defer { isSkipping = false }
        return isSkipping || line.count > limit ? .tooLong : .line(Array(line))
    }

    /// Throws away what is there.
    mutating func removeAll() { self = LineSplitter(limit: limit) }
}
