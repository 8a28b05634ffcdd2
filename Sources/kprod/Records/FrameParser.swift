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
    /// The longest record, in bytes.
    let limit: Int

    /// A frame's place in the bytes; nil is null.
    private typealias Frame = (range: Range<Int>?, end: Int)

    private enum Stop: Error {
        case needsMore
        case broken(String)
    }

    func parse(_ bytes: Span<UInt8>, isEnd: Bool) -> ParsedRecord {
        do throws(Stop) {
            var key: Range<Int>?
            var start = 0
            if hasKey {
                let frame = try frame(bytes, at: 0)
                (key, start) = (frame.range, frame.end)
                if let size = key?.count, size > limit { throw .broken(Self.tooLong(size, limit)) }
                if start > bytes.count { throw .needsMore }
            }
            let frame = try frame(bytes, at: start)
            let size = (key?.count ?? 0) + (frame.range?.count ?? 0)
            if size > limit { return .tooLarge(size: size, length: frame.end) }
            if frame.end > bytes.count { return .needsMore }
            return .parts(key: key, value: frame.range, length: frame.end)
        } catch {
            switch error {
            case .needsMore: return .needsMore
            case .broken(let reason): return .broken(reason: reason)
            }
        }
    }

    /// Behind a key that was not read nobody knows where the value begins.
    private static func tooLong(_ size: Int, _ limit: Int) -> String {
        "a key of \(NumberText.grouped(size)) bytes is over the limit of \(NumberText.grouped(limit))"
    }

    private func frame(_ bytes: Span<UInt8>, at start: Int) throws(Stop) -> Frame {
        let (length, end) = try length(bytes, at: start)
        if length == -1, prefix != .varint { return (nil, end) }
        if length < 0 { throw .broken("\(length) is no length; check --frame and --key-frame") }
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
