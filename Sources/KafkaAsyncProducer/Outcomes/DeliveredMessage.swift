// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A message that is in the log: an element of ``AsyncProducer/successes``.
///
/// It is a view into the batch it was sent in; key and value are copied only when asked for. Keep as many as you like: they
/// hold up nothing, and their memory is yours once the iterator has moved on. A kept message keeps its whole batch;
/// ``copied()`` lets go of it.
public struct DeliveredMessage: Sendable {
    @usableFromInline let storage: BatchStorage
    /// The position in the chunk.
    @usableFromInline let index: Int

    @inlinable
    init(storage: BatchStorage, index: Int) {
        self.storage = storage
        self.index = index
    }

    /// A message that was delivered, for tests of code that reads ``AsyncProducer/successes``.
    public init(
        _ message: ProducerMessage,
        partition: Int32,
        offset: Int64? = nil,
        timestamp: Timestamp? = nil,
        latency: Duration = .zero,
        brokerID: Int32? = nil
    ) {
        let place = Delivery(
            partition: partition,
            offset: offset,
            timestamp: timestamp,
            latency: latency,
            brokerID: brokerID
        )
        self.init(storage: BatchStorage([message], in: message.topic.name, at: place), index: 0)
    }

    /// The topic.
    public var topic: String { storage.topic }

    /// The partition it was written to.
    public var partition: Int32 { storage.partition }

    /// Its offset; nil when the broker did not tell: with ``AsyncProducer/Configuration/Delivery/Acks/none``, or for a
    /// request that the broker recognised as one it had stored long before. Never a made-up 0.
    public var offset: Int64? { storage.offset(at: index) }

    /// The time it was stored with: the producer's or, for topics with `LogAppendTime`, the broker's.
    public var timestamp: Timestamp? {
        let timestamp = storage.timestamp(at: index)
        return timestamp < 0 ? nil : Timestamp(millisecondsSinceEpoch: timestamp)
    }

    /// From the acceptance to the arrival of the report.
    public var latency: Duration? { storage.latency(at: index) }

    /// The broker that stored it; nil when unknown.
    public var brokerID: Int32? { storage.brokerID }

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
        try storage.chunk.withKey(at: index, body)
    }

    /// Lends the value's bytes without a copy for the length of `body`; nil for a tombstone.
    public func withValueBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.chunk.withValue(at: index, body)
    }

    /// The same message on its own, without the batch it came with.
    public func copied() -> DeliveredMessage {
        DeliveredMessage(storage: BatchStorage(copying: index..<index + 1, of: storage), index: 0)
    }
}
