// SPDX-License-Identifier: Apache-2.0

/// A header of a record. Order and duplicates are kept; a nil value is not an empty one.
public struct RecordHeader: Hashable, Sendable {
    /// The name, which may be empty but must not hold a NUL.
    public let name: String
    /// The value; nil is Kafka's null.
    public let value: KafkaBytes?

    /// A header with a value.
    public init(_ name: String, _ value: some KafkaBytesConvertible) {
        self.name = name
        self.value = value.kafkaBytes
    }

    /// A header whose value may be absent.
    public init(_ name: String, _ value: KafkaBytes?) {
        self.name = name
        self.value = value
    }
}
