// SPDX-License-Identifier: Apache-2.0

/// Records with their length in front.
struct FrameParser: RecordParser {
    /// How a length is written.
    enum Prefix: String, CaseIterable, Sendable {
        /// Four bytes, the most significant first; -1 is null.
        case u32be
        /// Four bytes, the least significant first; -1 is null.
        case u32le
        /// Seven bits a byte, the least significant first, as Protobuf's delimited messages; there is no null.
        case varint
        /// What kcat writes with `-f '%R%s'`.
        case kcat = "kcat-R"
    }

    let prefix: Prefix
    /// Whether a frame with the key comes before that of each value.
    var hasKey = false
    /// The longest key or value, in bytes.
    let limit: Int

    /// A frame's place in the bytes; nil is null.
    private typealias Frame = (range: Range<Int>?, end: Int)

    private enum Stop: Error {
        case needsMore
        case oversized(at: Int, size: Int)
        case broken(String)
    }

    var longestText: Int { 0 }
    var endsRecords: Bool { true }

    func parse(_ bytes: Span<UInt8>, omitted: Int, isEnd: Bool) -> ParsedRecord {
        do throws(Stop) {
            var omitted = omitted
            var key: Range<Int>?
            var start = 0
            if hasKey {
                let frame = try frame(bytes, at: 0, &omitted)
                (key, start) = (frame.range, frame.end)
            }
            let frame = try frame(bytes, at: start, &omitted)
            return .parts(key: key, value: frame.range, length: frame.end)
        } catch {
            switch error {
            case .needsMore: return .needsMore(part: nil)
            case .oversized(let start, let size): return .oversized(at: start, size: size, isSized: true)
            case .broken(let reason): return .broken(reason: reason)
            }
        }
    }

    private func frame(_ bytes: Span<UInt8>, at start: Int, _ omitted: inout Int) throws(Stop) -> Frame {
        let (length, end) = try length(bytes, at: start)
        if length == -1, prefix != .varint { return (nil, end) }
        if length < 0 { throw .broken("\(length) is no length; check --frame and --key-frame") }
        if length > limit {
            if omitted == 0 { throw .oversized(at: end, size: length) }
            omitted -= 1
            return (end..<end, end)
        }
        if end + length > bytes.count { throw .needsMore }
        return (end..<(end + length), end + length)
    }

    private func length(_ bytes: Span<UInt8>, at start: Int) throws(Stop) -> (Int, end: Int) {
        if prefix == .varint { return try varint(bytes, at: start) }
        guard bytes.count - start >= 4 else { throw .needsMore }
        var value: UInt32 = 0
        for index in 0..<4 {
            let shift = prefix == .u32le ? 8 * index : 24 - 8 * index
            value |= UInt32(bytes[start + index]) << UInt32(shift)
        }
        return (Int(Int32(bitPattern: value)), start + 4)
    }

    private func varint(_ bytes: Span<UInt8>, at start: Int) throws(Stop) -> (Int, end: Int) {
        var value = 0
        for index in 0..<5 {
            guard start + index < bytes.count else { throw .needsMore }
            let byte = bytes[start + index]
            value |= Int(byte & 0x7f) << (7 * index)
            if byte < 0x80 {
                if value > Int(Int32.max) { break }
                return (value, start + index + 1)
            }
        }
        throw .broken("a length is over \(Int32.max); check --frame and --key-frame")
    }
}
