// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A message that is in the log: an element of ``AsyncProducer/successes``.
///
/// It is a view into the batch of reports it came with. Key, value and headers are copied out of librdkafka only when
/// asked for. Keep as many as you like: when an iterator moves on, what is still referred to is copied out of
/// librdkafka by the batch. A kept message keeps its whole batch; ``copied()`` lets go of it.
public struct DeliveredMessage: Sendable {
    @usableFromInline let storage: BatchStorage
    /// The position in the storage.
    @usableFromInline let index: Int

    @inlinable
    init(storage: BatchStorage, index: Int) {
        self.storage = storage
        self.index = index
    }

    /// The topic.
    public var topic: String { storage.topic }

    /// The partition it was written to.
    public var partition: Int32 { storage.record(at: index).partition }

    /// Its offset; nil when the broker did not tell: with ``AsyncProducer/Configuration/Delivery/Acks/none``, or for a
    /// request that the broker recognised as one it had stored long before. Never a made-up 0.
    public var offset: Int64? {
        let offset = storage.record(at: index).offset
        return offset < 0 ? nil : offset
    }

    /// The time it was stored with: the producer's or, for topics with `LogAppendTime`, the broker's.
    public var timestamp: Timestamp? {
        let timestamp = storage.record(at: index).timestamp
        return timestamp < 0 ? nil : Timestamp(millisecondsSinceEpoch: timestamp)
    }

    /// From the produce call to the arrival of the report (`rd_kafka_message_latency`).
    public var latency: Duration? { storage.latency(at: index) }

    /// The broker that stored it; nil when unknown.
    public var brokerID: Int32? { storage.brokerID(at: index) }

    /// A copy of the key; nil when it had none.
    public var key: [UInt8]? { withKeyBytes { [UInt8](copying: $0) } }

    /// A copy of the value; nil for a tombstone.
    public var value: [UInt8]? { withValueBytes { [UInt8](copying: $0) } }

    /// The headers in the order in which they were sent.
    public var headers: [RecordHeader] { storage.headers(at: index) }

    /// What the sender attached.
    public var metadata: (any Sendable)? { storage.metadata(at: index) }

    /// Lends the key's bytes without a copy for the length of `body`; nil when it had none.
    public func withKeyBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withKey(at: index, body)
    }

    /// Lends the value's bytes without a copy for the length of `body`; nil for a tombstone.
    public func withValueBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withValue(at: index, body)
    }

    /// The same message on its own, without the batch it came with.
    public func copied() -> DeliveredMessage {
        DeliveredMessage(storage: BatchStorage(copying: self), index: 0)
    }
}
