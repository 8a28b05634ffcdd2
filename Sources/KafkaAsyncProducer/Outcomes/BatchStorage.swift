// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What elements of the successes refer to: the delivered messages of one report event, or a copy of one message.
@usableFromInline
final class BatchStorage: Sendable {
    private enum Content: Sendable {
        case batch(DeliveryBatch, slots: [Int: SlotTable.Content])
        case copy(CopiedMessage)
    }

    private let content: Content
    /// The positions that are elements of the stream; nil when all are. Awaited messages are not.
    @usableFromInline let selection: [Int]?
    /// How many elements it has.
    let count: Int

    init(delivery: DeliveryBatch, selection: [Int]?, slots: [Int: SlotTable.Content]) {
        content = .batch(delivery, slots: slots)
        self.selection = selection
        count = selection?.count ?? delivery.count
    }

    /// One message, out of its batch.
    init(copying message: DeliveredMessage) {
        content = .copy(CopiedMessage(message))
        selection = nil
        count = 1
    }

    @inlinable
    func message(at position: Int) -> DeliveredMessage {
        guard let selection else { return DeliveredMessage(storage: self, index: position) }
        return DeliveredMessage(storage: self, index: selection[position])
    }

    /// Copies everything out of librdkafka.
    func detach() {
        if case .batch(let batch, _) = content { batch.detach() }
    }

    var topic: String {
        switch content {
        case .batch(let batch, _): batch.topic
        case .copy(let copy): copy.topic
        }
    }

    func record(at index: Int) -> DeliveryRecord {
        switch content {
        case .batch(let batch, _): batch.record(at: index)
        case .copy(let copy): copy.record
        }
    }

    func latency(at index: Int) -> Duration? {
        switch content {
        case .batch(let batch, _): batch.latency(at: index).map { .microseconds($0) }
        case .copy(let copy): copy.latency
        }
    }

    func brokerID(at index: Int) -> Int32? {
        switch content {
        case .batch(let batch, _):
            let id = batch.brokerID(at: index)
            return id < 0 ? nil : id
        case .copy(let copy): return copy.brokerID
        }
    }

    func headers(at index: Int) -> [RecordHeader] {
        switch content {
        case .batch(let batch, _): recordHeaders(batch.headers(at: index))
        case .copy(let copy): copy.headers
        }
    }

    func metadata(at index: Int) -> (any Sendable)? {
        switch content {
        case .batch(_, let slots): slots[index]?.metadata
        case .copy(let copy): copy.metadata
        }
    }

    func withKey<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch content {
        case .batch(let batch, _): return try batch.withKey(at: index, body)
        case .copy(let copy):
            guard let key = copy.key else { return try body(nil) }
            return try body(key.span)
        }
    }

    func withValue<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch content {
        case .batch(let batch, _): return try batch.withValue(at: index, body)
        case .copy(let copy):
            guard let value = copy.value else { return try body(nil) }
            return try body(value.span)
        }
    }
}

/// A delivered message on its own.
private struct CopiedMessage: Sendable {
    let topic: String
    let record: DeliveryRecord
    let latency: Duration?
    let brokerID: Int32?
    let key: [UInt8]?
    let value: [UInt8]?
    let headers: [RecordHeader]
    let metadata: (any Sendable)?

    init(_ message: DeliveredMessage) {
        topic = message.topic
        record = message.storage.record(at: message.index)
        latency = message.latency
        brokerID = message.brokerID
        key = message.key
        value = message.value
        headers = message.headers
        metadata = message.metadata
    }
}

/// Headers as users know them.
func recordHeaders(_ headers: [(name: String, value: [UInt8]?)]) -> [RecordHeader] {
    headers.map { RecordHeader($0.name, $0.value.map { KafkaBytes($0) }) }
}
