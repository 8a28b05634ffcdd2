// SPDX-License-Identifier: Apache-2.0

/// A message to be written to Kafka.
public struct ProducerMessage: Sendable {
    /// Where it goes.
    public var topic: Topic
    /// The partition; nil lets the partitioner choose, by the key if there is one.
    public var partition: Int32?
    /// The key; nil is no key, which is not an empty one.
    public var key: KafkaBytes?
    /// The value; nil is a tombstone, which is not an empty value.
    public var value: KafkaBytes?
    /// Headers in order; names may repeat.
    public var headers: [RecordHeader]
    /// What the record of its chunk holds beside bytes, as a word.
    @usableFromInline var noteBits: UInt64 = 0
    /// What that cannot hold.
    @usableFromInline var companion: MessageCompanion?

    /// A message without a key; `nil` as the value makes a tombstone.
    @inlinable
    public init(
        topic: Topic,
        partition: Int32? = nil,
        value: (some KafkaBytesConvertible)?,
        headers: [RecordHeader] = [],
        timestamp: Timestamp? = nil,
        metadata: (any Sendable)? = nil
    ) {
        self.init(topic, partition, nil, value?.kafkaBytes, headers, timestamp, metadata)
    }

    /// A message with a key.
    @inlinable
    public init(
        topic: Topic,
        partition: Int32? = nil,
        key: (some KafkaBytesConvertible)?,
        value: (some KafkaBytesConvertible)?,
        headers: [RecordHeader] = [],
        timestamp: Timestamp? = nil,
        metadata: (any Sendable)? = nil
    ) {
        self.init(topic, partition, key?.kafkaBytes, value?.kafkaBytes, headers, timestamp, metadata)
    }

    /// A tombstone for a key: lets `value: nil` be written as it is.
    @inlinable
    public init(
        topic: Topic,
        partition: Int32? = nil,
        key: (some KafkaBytesConvertible)?,
        value: KafkaBytes?,
        headers: [RecordHeader] = [],
        timestamp: Timestamp? = nil,
        metadata: (any Sendable)? = nil
    ) {
        self.init(topic, partition, key?.kafkaBytes, value, headers, timestamp, metadata)
    }

    /// A message whose key may be nil: lets `key: nil` be written as it is.
    @inlinable
    public init(
        topic: Topic,
        partition: Int32? = nil,
        key: KafkaBytes?,
        value: (some KafkaBytesConvertible)?,
        headers: [RecordHeader] = [],
        timestamp: Timestamp? = nil,
        metadata: (any Sendable)? = nil
    ) {
        self.init(topic, partition, key, value?.kafkaBytes, headers, timestamp, metadata)
    }

    /// A message from its parts; the other initializers come down to this one.
    @inlinable
    public init(
        topic: Topic,
        partition: Int32? = nil,
        key: KafkaBytes?,
        value: KafkaBytes?,
        headers: [RecordHeader] = [],
        timestamp: Timestamp? = nil,
        metadata: (any Sendable)? = nil
    ) {
        self.init(topic, partition, key, value, headers, timestamp, metadata)
    }

    @inlinable
    init(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: KafkaBytes?,
        _ value: KafkaBytes?,
        _ headers: [RecordHeader],
        _ timestamp: Timestamp?,
        _ metadata: (any Sendable)?
    ) {
        self.topic = topic
        self.partition = partition
        self.key = key
        self.value = value
        self.headers = headers
        if timestamp != nil || metadata != nil { attach(metadata, timestamp) }
    }
}
