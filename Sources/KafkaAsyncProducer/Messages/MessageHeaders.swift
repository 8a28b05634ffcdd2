// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The headers of a message in one reference, with what they weigh.
@usableFromInline
final class MessageHeaders: Sendable {
    let headers: [RecordHeader]
    /// What they cost of the budget.
    let size: Int
    /// What they add to a request of Kafka's: lengths of up to five bytes each.
    let requestSize: Int

    /// nil for none.
    @usableFromInline
    init?(_ headers: [RecordHeader]) {
        guard !headers.isEmpty else { return nil }
        self.headers = headers
        let bytes = headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
        size = bytes + headers.count * MessageSize.headerOverhead
        requestSize = bytes + headers.count * 10
    }
}

extension MessageHeaders: HeaderSource {
    func forEachHeader(_ body: (String, Span<UInt8>?) -> Void) {
        for header in headers { withSpan(header.value) { body(header.name, $0) } }
    }
}

extension MessageExtras {
    /// The headers as the sender gave them.
    var messageHeaders: MessageHeaders? { headers.flatMap { exactly($0, as: MessageHeaders.self) } }

    /// What they cost of the budget beside the message's own overhead.
    var size: Int { messageHeaders?.size ?? 0 }
}

extension ProducerMessage {
    /// Whether it has nothing beside bytes.
    @inline(__always) var isPlain: Bool { headerList == nil && timestamp == nil && metadata == nil }

    /// All that it has beside bytes.
    var extras: MessageExtras {
        MessageExtras(
            timestamp: timestamp?.millisecondsSinceEpoch ?? 0,
            headers: headerList,
            metadata: metadata
        )
    }

    /// What it has beside bytes, where the record of its chunk can hold that.
    var note: RecordNote? {
        guard headerList == nil, metadata == nil else { return nil }
        guard let timestamp else { return RecordNote.none }
        return .timestamp(timestamp.millisecondsSinceEpoch)
    }

    /// What headers and a time of its own, of up to ten bytes, add to a request of Kafka's.
    var requestSize: Int { (headerList?.requestSize ?? 0) + (timestamp == nil ? 0 : 10) }
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
