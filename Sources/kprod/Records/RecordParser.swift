// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What stands at the beginning of the input.
enum ParsedRecord: Equatable {
    /// A record that takes so many bytes of the input.
    case record(InputRecord, length: Int)
    /// The same, with parts that lie in the input as they are.
    case parts(key: Range<Int>?, value: Range<Int>?, length: Int)
    /// No record, but its end is known; all of its parts were found, or not.
    case invalid(reason: String, length: Int, isWhole: Bool)
    /// A part of so many bytes begins there, more than the limit: it is to be left out, and the record parsed again. Its
    /// size stands in front of it, or it does not know that it was longer.
    case oversized(at: Int, size: Int, isSized: Bool)
    /// The end of the record has not been read yet; nor has that of its part that begins there, if it is in one.
    case needsMore(part: Int?)
    /// Nothing here makes sense, nor anything behind it.
    case broken(reason: String)
}

/// Finds records that do not end at lines.
protocol RecordParser: Sendable {
    /// Looks at the beginning of `bytes`, which are not empty; with `isEnd` there are no more.
    ///
    /// - Parameter omitted: So many parts whose sizes are over the limit, the first ones, have no bytes here.
    func parse(_ bytes: Span<UInt8>, omitted: Int, isEnd: Bool) -> ParsedRecord
    /// The longest text by which a part may end.
    var longestText: Int { get }
    /// Whether a record says itself where it ends, so that more input would belong to the next.
    var endsRecords: Bool { get }
}
