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
        let hasReturn = chompsReturn && !piece.isEmpty && piece[piece.count - 1] == 13
        let record = hasReturn ? piece.extracting(0..<(piece.count - 1)) : piece
        if record.isEmpty && empty == .skip { return sink.skip(at: place) }
        guard let delimiter = keyDelimiter?.bytes, let end = record.firstIndex(of: delimiter) else {
            let isNull = record.isEmpty && empty == .null
            return try await sendValue(isNull ? nil : record, at: place, to: sink)
        }
        let value = record.extracting((end + delimiter.count)..<record.count)
        let key = record.extracting(0..<end)
        if isNull(key) { return try await sendValue(isNull(value) ? nil : value, at: place, to: sink) }
        try await sink.send(key: key, value: isNull(value) ? nil : value, at: place)
    }

    /// A record whose key, if any, is the one for all.
    func sendValue(_ value: Span<UInt8>?, at place: Place, to sink: RecordSink) async throws(RecordSink.Closed) {
        var isMarked = false
        if let value, let nullMarker { isMarked = value.isEqual(to: nullMarker) }
        try await sink.send(key: key?.span, value: isMarked ? nil : value, at: place)
    }

    private func isNull(_ field: Span<UInt8>) -> Bool {
        if field.isEmpty && emptyFieldIsNull { return true }
        guard let nullMarker else { return false }
        return field.isEqual(to: nullMarker)
    }
}
