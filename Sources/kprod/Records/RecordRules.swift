// SPDX-License-Identifier: Apache-2.0

/// How a piece of input becomes the key and the value of a record.
///
/// The defaults are kcat's: empty pieces are no records, and a key ends at the first delimiter.
struct RecordRules: LineRules {
    /// What becomes of an empty piece.
    enum Empty: String, CaseIterable, Sendable {
        case skip, send, null
    }

    /// The key ends at the first of these; without it there is no key in the input.
    var keyDelimiter: Delimiter?
    /// For records that bring no key of their own.
    var key: [UInt8]?
    var empty = Empty.skip
    /// Whether an empty key, or an empty value behind a key delimiter, is none at all.
    var emptyFieldIsNull = false
    /// A key or value of these bytes is none at all.
    var nullMarker: [UInt8]?
    /// Whether a carriage return at the end does not count.
    var chompsReturn = false

    /// Hands over the record that `piece` is, or counts that it is none.
    func send(_ piece: Span<UInt8>, at place: Place, to sink: RecordSink) async throws(RecordSink.Closed) {
        guard let fields = fields(of: piece) else { return sink.skip(at: place) }
        var value: Span<UInt8>?
        if let range = fields.value { value = piece.extracting(range) }
        guard let range = fields.key else { return try await sink.send(key: key?.span, value: value, at: place) }
        try await sink.send(key: piece.extracting(range), value: value, at: place)
    }

    func sendNow(_ piece: Span<UInt8>, at place: Place, to sink: RecordSink) throws(RecordSink.Closed) -> Bool {
        guard let fields = fields(of: piece) else {
            sink.skip(at: place)
            return true
        }
        var value: Span<UInt8>?
        if let range = fields.value { value = piece.extracting(range) }
        guard let range = fields.key else { return try sink.sendNow(key: key?.span, value: value, at: place) }
        return try sink.sendNow(key: piece.extracting(range), value: value, at: place)
    }

    /// A record whose key, if any, is the one for all.
    func sendValue(_ value: Span<UInt8>?, at place: Place, to sink: RecordSink) async throws(RecordSink.Closed) {
        var isMarked = false
        if let value { isMarked = isMarker(value) }
        try await sink.send(key: key?.span, value: isMarked ? nil : value, at: place)
    }

    /// Where the fields of a record are in its piece.
    private struct Fields {
        /// Nil is the key for all.
        var key: Range<Int>?
        /// Nil is none.
        var value: Range<Int>?
    }

    /// Nil when the piece is no record.
    private func fields(of piece: Span<UInt8>) -> Fields? {
        let hasReturn = chompsReturn && !piece.isEmpty && piece[piece.count - 1] == 13
        let record = piece.extracting(0..<(hasReturn ? piece.count - 1 : piece.count))
        if record.isEmpty && empty == .skip { return nil }
        guard let delimiter = keyDelimiter?.bytes, let end = record.firstIndex(of: delimiter) else {
            let isNull = (record.isEmpty && empty == .null) || isMarker(record)
            return Fields(value: isNull ? nil : record.indices)
        }
        let (key, value) = (0..<end, (end + delimiter.count)..<record.count)
        return Fields(
            key: isNull(record.extracting(key)) ? nil : key,
            value: isNull(record.extracting(value)) ? nil : value
        )
    }

    private func isNull(_ field: Span<UInt8>) -> Bool { (field.isEmpty && emptyFieldIsNull) || isMarker(field) }

    private func isMarker(_ field: Span<UInt8>) -> Bool {
        guard let nullMarker else { return false }
        return field.isEqual(to: nullMarker)
    }
}
