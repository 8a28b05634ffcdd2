// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What stands at the beginning of the input.
enum ParsedRecord: Equatable {
    /// A record that takes so many bytes of the input.
    case record(InputRecord, length: Int)
    /// The same, with parts that lie in the input as they are.
    case parts(key: Range<Int>?, value: Range<Int>?, length: Int)
    /// No record, but its end is known.
    case invalid(reason: String, length: Int)
    /// A record of so many bytes that it was not looked at; the length may reach beyond what there is.
    case tooLarge(size: Int, length: Int)
    /// The end of the record has not been read yet.
    case needsMore
    /// Nothing here makes sense, nor anything behind it.
    case broken(reason: String)
}

extension ParsedRecord {
    /// How much of the input belongs to the record, if that is known.
    var length: Int? {
        switch self {
        case .record(_, let length), .parts(_, _, let length), .invalid(_, let length), .tooLarge(_, let length): length
        case .needsMore, .broken: nil
        }
    }
}

/// Finds records that do not end at lines.
protocol RecordParser: Sendable {
    /// Looks at the beginning of `bytes`, which are not empty; with `isEnd` there are no more.
    func parse(_ bytes: Span<UInt8>, isEnd: Bool) -> ParsedRecord
}
