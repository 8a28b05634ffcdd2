// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What elements of the successes refer to: the delivered messages of one report event, or a copy of one message.
@usableFromInline
final class BatchStorage: Sendable {
    /// The reports; nil for a copy.
    private let delivery: DeliveryBatch?
    /// What the senders attached, by position in the reports, up to the last that did.
    private let metadata: [(any Sendable)?]
    private let copy: CopiedMessage?
    /// The positions that are elements of the stream; nil when all are. Awaited messages are not.
    @usableFromInline let selection: [Int]?
    /// How many elements it has.
    let count: Int

    init(delivery: DeliveryBatch, selection: [Int]?, metadata: [(any Sendable)?]) {
        self.delivery = delivery
        self.metadata = metadata
        copy = nil
        self.selection = selection
        count = selection?.count ?? delivery.count
    }

    /// One message, out of its batch.
    init(copying message: DeliveredMessage) {
        delivery = nil
        metadata = []
        copy = CopiedMessage(message)
        selection = nil
        count = 1
    }

    @inlinable
    func message(at position: Int) -> DeliveredMessage {
        guard let selection else { return DeliveredMessage(storage: self, index: position) }
        return DeliveredMessage(storage: self, index: selection[position])
    }

    /// Copies everything out of librdkafka.
    func detach() { delivery?.detach() }

    var topic: String { delivery?.topic ?? copy?.topic ?? "" }

    func record(at index: Int) -> DeliveryRecord {
        delivery?.record(at: index) ?? copy?.record ?? .unknown
    }

    func latency(at index: Int) -> Duration? {
        guard let delivery else { return copy?.latency }
        return delivery.latency(at: index).map { .microseconds($0) }
    }

    func brokerID(at index: Int) -> Int32? {
        guard let delivery else { return copy?.brokerID }
        let id = delivery.brokerID(at: index)
        return id < 0 ? nil : id
    }

    func headers(at index: Int) -> [RecordHeader] {
        guard let delivery else { return copy?.headers ?? [] }
        return recordHeaders(delivery.headers(at: index))
    }

    func metadata(at index: Int) -> (any Sendable)? {
        if let copy { return copy.metadata }
        if index < metadata.count, let attached = metadata[index] { return attached }
        return Opaque(rawValue: record(at: index).opaque).tag
    }

    func withKey<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if let delivery { return try delivery.withKey(at: index, body) }
        guard let key = copy?.key else { return try body(nil) }
        return try body(key.span)
    }

    func withValue<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if let delivery { return try delivery.withValue(at: index, body) }
        guard let value = copy?.value else { return try body(nil) }
        return try body(value.span)
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
