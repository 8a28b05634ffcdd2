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
    var empty = Empty.skip
    /// Whether an empty key, or an empty value behind a key delimiter, is none at all.
    var emptyFieldIsNull = false
    /// A key or value of these bytes is none at all.
    var nullMarker: [UInt8]?
    /// Whether a carriage return at the end does not count.
    var chompsReturn = false

    func parse(_ piece: Span<UInt8>) -> InputPiece {
        let hasReturn = chompsReturn && !piece.isEmpty && piece[piece.count - 1] == 13
        let record = piece.extracting(0..<(hasReturn ? piece.count - 1 : piece.count))
        if record.isEmpty && empty == .skip { return .empty }
        guard let delimiter = keyDelimiter?.bytes, let end = record.firstIndex(of: delimiter) else {
            let isNull = (record.isEmpty && empty == .null) || isMarker(record)
            return .fields(RecordFields(value: isNull ? nil : record.indices))
        }
        let (key, value) = (0..<end, (end + delimiter.count)..<record.count)
        return .fields(
            RecordFields(
                key: isNull(record.extracting(key)) ? .ofRun : .range(key),
                value: isNull(record.extracting(value)) ? nil : value
            )
        )
    }

    private func isNull(_ field: Span<UInt8>) -> Bool { (field.isEmpty && emptyFieldIsNull) || isMarker(field) }

    /// Whether a field is none because it is spelt so.
    func isMarker(_ field: Span<UInt8>) -> Bool {
        guard let nullMarker else { return false }
        return field.isEqual(to: nullMarker)
    }
}
