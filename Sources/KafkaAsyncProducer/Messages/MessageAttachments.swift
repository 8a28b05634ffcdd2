// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What few messages have, in one reference: to copy a message costs by its references, and what an existential of its own
/// would cost, every message would pay.
@usableFromInline
final class MessageAttachments: Sendable {
    let headers: [RecordHeader]
    let timestamp: Timestamp?
    let metadata: (any Sendable)?
    /// Who follows the message, on its way only: what comes back has none.
    let trace: (any MessageTrace)?
    /// What the headers cost of the budget.
    let headerSize: Int
    /// What headers and a time of its own add to a request of Kafka's: lengths of up to five bytes, a time of ten.
    let requestSize: Int

    @usableFromInline
    convenience init(headers: [RecordHeader], timestamp: Timestamp?, metadata: (any Sendable)?) {
        self.init(headers: headers, timestamp: timestamp, metadata: metadata, trace: nil)
    }

    init(headers: [RecordHeader], timestamp: Timestamp?, metadata: (any Sendable)?, trace: (any MessageTrace)?) {
        (self.headers, self.timestamp, self.metadata, self.trace) = (headers, timestamp, metadata, trace)
        var (size, request) = (0, timestamp == nil ? 0 : 10)
        for header in headers {
            let bytes = header.name.utf8.count + (header.value?.count ?? 0)
            size += bytes + MessageSize.headerOverhead
            request += bytes + 10
        }
        (headerSize, requestSize) = (size, request)
    }

    /// nil when there is nothing to hold.
    static func make(_ headers: [RecordHeader], _ timestamp: Timestamp?, _ metadata: (any Sendable)?) -> Self? {
        if headers.isEmpty, timestamp == nil, metadata == nil { return nil }
        return Self(headers: headers, timestamp: timestamp, metadata: metadata, trace: nil)
    }
}

extension MessageAttachments {
    /// What a message of a chunk has beside bytes.
    static func of(_ chunk: Chunk, at index: Int) -> MessageAttachments? {
        chunk.extras(at: index).flatMap { exactly($0, as: MessageAttachments.self) }
    }
}

extension MessageAttachments: MessageExtras {
    var recordTimestamp: Int64 { timestamp?.millisecondsSinceEpoch ?? 0 }

    var hasHeaders: Bool { !headers.isEmpty }

    func forEachHeader(_ body: (String, Span<UInt8>?) -> Void) {
        for header in headers { withSpan(header.value) { body(header.name, $0) } }
    }
}

/// Lends optional bytes for the length of `body`.
@inline(__always)
func withSpan<Result>(_ bytes: KafkaBytes?, _ body: (Span<UInt8>?) -> Result) -> Result {
    guard let bytes else { return body(nil) }
    switch bytes.storage {
    case .array(let array): return body(array.span)
    case .slice(let slice): return body(slice.span)
    case .string(let string): return body(string.utf8.span)
    }
}
