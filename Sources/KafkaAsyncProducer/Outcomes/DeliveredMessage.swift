// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A message that is in the log: an element of ``AsyncProducer/successes``.
///
/// It is a view into the batch of reports it came with. Key, value and headers are copied out of librdkafka only when
/// asked for. Keep as many as you like: when an iterator moves on, what is still referred to is copied out of
/// librdkafka by the batch. A kept message keeps its whole batch; ``copied()`` lets go of it.
public struct DeliveredMessage: Sendable {
    @usableFromInline enum Source: Sendable {
        case batch(BatchStorage, Int)
        case copy(Copy)
    }

    @usableFromInline let source: Source

    @usableFromInline
    init(storage: BatchStorage, index: Int) { source = .batch(storage, index) }

    init(copy: Copy) { source = .copy(copy) }

    /// The topic.
    public var topic: String {
        switch source {
        case .batch(let storage, _): storage.delivery.topic
        case .copy(let copy): copy.topic
        }
    }

    /// The partition it was written to.
    public var partition: Int32 { record.partition }

    /// Its offset; nil when the broker did not tell: with ``AsyncProducer/Configuration/Delivery/Acks/none``, or for a
    /// duplicate that idempotence recognised. Never a made-up 0.
    public var offset: Int64? { record.offset < 0 ? nil : record.offset }

    /// The time it was stored with: the producer's or, for topics with `LogAppendTime`, the broker's.
    public var timestamp: Timestamp? {
        record.timestamp < 0 ? nil : Timestamp(millisecondsSinceEpoch: record.timestamp)
    }

    /// From the produce call to the arrival of the report (`rd_kafka_message_latency`).
    public var latency: Duration? {
        switch source {
        case .batch(let storage, let index): storage.delivery.latency(at: index).map { .microseconds($0) }
        case .copy(let copy): copy.latency
        }
    }

    /// The broker that stored it; nil when unknown.
    public var brokerID: Int32? {
        switch source {
        case .batch(let storage, let index):
            let id = storage.delivery.brokerID(at: index)
            return id < 0 ? nil : id
        case .copy(let copy): return copy.brokerID
        }
    }

    /// A copy of the key; nil when it had none.
    public var key: [UInt8]? { withKeyBytes { [UInt8](copying: $0) } }

    /// A copy of the value; nil for a tombstone.
    public var value: [UInt8]? { withValueBytes { [UInt8](copying: $0) } }

    /// The headers in the order in which they were sent.
    public var headers: [RecordHeader] {
        switch source {
        case .batch(let storage, let index): recordHeaders(storage.delivery.headers(at: index))
        case .copy(let copy): copy.headers
        }
    }

    /// What the sender attached.
    public var metadata: (any Sendable)? {
        switch source {
        case .batch(let storage, let index): storage.slots[index]?.metadata
        case .copy(let copy): copy.metadata
        }
    }

    /// Lends the key's bytes without a copy for the length of `body`; nil when it had none.
    public func withKeyBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch source {
        case .batch(let storage, let index): return try storage.delivery.withKey(at: index, body)
        case .copy(let copy): return try withOptionalSpan(copy.key, body)
        }
    }

    /// Lends the value's bytes without a copy for the length of `body`; nil for a tombstone.
    public func withValueBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch source {
        case .batch(let storage, let index): return try storage.delivery.withValue(at: index, body)
        case .copy(let copy): return try withOptionalSpan(copy.value, body)
        }
    }

    /// The same message on its own, without the batch it came with.
    public func copied() -> DeliveredMessage {
        guard case .batch = source else { return self }
        let copy = Copy(
            topic: topic,
            record: record,
            latency: latency,
            brokerID: brokerID,
            key: key,
            value: value,
            headers: headers,
            metadata: metadata
        )
        return DeliveredMessage(copy: copy)
    }

    private var record: DeliveryRecord {
        switch source {
        case .batch(let storage, let index): storage.delivery.record(at: index)
        case .copy(let copy): copy.record
        }
    }

    /// A message on its own.
    @usableFromInline
    final class Copy: Sendable {
        let topic: String
        let record: DeliveryRecord
        let latency: Duration?
        let brokerID: Int32?
        let key: [UInt8]?
        let value: [UInt8]?
        let headers: [RecordHeader]
        let metadata: (any Sendable)?

        init(
            topic: String,
            record: DeliveryRecord,
            latency: Duration?,
            brokerID: Int32?,
            key: [UInt8]?,
            value: [UInt8]?,
            headers: [RecordHeader],
            metadata: (any Sendable)?
        ) {
            self.topic = topic
            self.record = record
            self.latency = latency
            self.brokerID = brokerID
            self.key = key
            self.value = value
            self.headers = headers
            self.metadata = metadata
        }
    }
}

/// Headers as users know them.
func recordHeaders(_ headers: [(name: String, value: [UInt8]?)]) -> [RecordHeader] {
    headers.map { RecordHeader($0.name, $0.value.map { KafkaBytes($0) }) }
}

/// Lends the bytes of an optional array.
func withOptionalSpan<Result, Failure: Error>(
    _ bytes: [UInt8]?,
    _ body: (Span<UInt8>?) throws(Failure) -> Result
) throws(Failure) -> Result {
    guard let bytes else { return try body(nil) }
    return try body(bytes.span)
}
