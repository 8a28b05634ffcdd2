// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Headers and metadata of a message in one reference: to copy a message costs by what it holds, and an existential of its own
/// would cost every message, also those without.
@usableFromInline
final class MessageAttachments: Sendable {
    let headers: [RecordHeader]
    let metadata: (any Sendable)?
    /// What the headers cost of the budget.
    let size: Int
    /// What they add to a request of Kafka's: lengths of up to five bytes each.
    let requestSize: Int
    /// Who follows the message, on its way only: what comes back has none.
    let trace: (any MessageTrace)?

    /// nil when there is nothing to hold.
    @usableFromInline
    convenience init?(_ headers: [RecordHeader], _ metadata: (any Sendable)?) {
        if headers.isEmpty, metadata == nil { return nil }
        self.init(headers, metadata, trace: nil)
    }

    init(_ headers: [RecordHeader], _ metadata: (any Sendable)?, trace: (any MessageTrace)?) {
        (self.headers, self.metadata, self.trace) = (headers, metadata, trace)
        if headers.isEmpty {
            (size, requestSize) = (0, 0)
            return
        }
        let bytes = headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
        size = bytes + headers.count * MessageSize.headerOverhead
        requestSize = bytes + headers.count * 10
    }
}

extension MessageAttachments: HeaderSource {
    var hasHeaders: Bool { !headers.isEmpty }

    func forEachHeader(_ body: (String, Span<UInt8>?) -> Void) {
        for header in headers { withSpan(header.value) { body(header.name, $0) } }
    }
}

extension MessageExtras {
    /// Headers and metadata as the sender gave them.
    var attachments: MessageAttachments? { headers.flatMap { exactly($0, as: MessageAttachments.self) } }

    /// What they cost of the budget beside the message's own overhead.
    var size: Int { attachments?.size ?? 0 }
}

extension Chunk {
    /// What the sender attached: anything, or its tag.
    func metadata(at index: Int) -> (any Sendable)? {
        let note = note(at: index)
        if let position = note.extras { return extras[position].attachments?.metadata }
        return note.tag
    }
}

extension ProducerMessage {
    /// Whether it has nothing beside bytes.
    @inline(__always) var isPlain: Bool { attachments == nil && timestamp == nil }

    /// All that it has beside bytes.
    var extras: MessageExtras {
        MessageExtras(timestamp: timestamp?.millisecondsSinceEpoch ?? 0, headers: attachments)
    }

    /// What it has beside bytes, where the record of its chunk can hold that.
    var note: RecordNote? {
        guard attachments == nil else { return nil }
        guard let timestamp else { return RecordNote.none }
        return .timestamp(timestamp.millisecondsSinceEpoch)
    }

    /// What headers and a time of its own, of up to ten bytes, add to a request of Kafka's.
    var requestSize: Int { (attachments?.requestSize ?? 0) + (timestamp == nil ? 0 : 10) }
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
