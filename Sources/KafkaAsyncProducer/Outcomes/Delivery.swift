// SPDX-License-Identifier: Apache-2.0

/// Where an awaited message was stored: the result of ``AsyncProducer/deliver(_:)``.
public struct Delivery: Hashable, Sendable {
    /// The partition it was written to.
    public let partition: Int32
    /// Its offset; nil when the broker did not tell, never a made-up 0.
    public let offset: Int64?
    /// The time it was stored with.
    public let timestamp: Timestamp?
    /// From the acceptance to the arrival of the report.
    public let latency: Duration?
    /// The broker that stored it; nil when unknown.
    public let brokerID: Int32?

    /// Makes one, for tests of code that handles it.
    public init(
        partition: Int32,
        offset: Int64? = nil,
        timestamp: Timestamp? = nil,
        latency: Duration? = nil,
        brokerID: Int32? = nil
    ) {
        self.partition = partition
        self.offset = offset
        self.timestamp = timestamp
        self.latency = latency
        self.brokerID = brokerID
    }
}

extension Delivery {
    init(_ message: DeliveredMessage) {
        self.init(
            partition: message.partition,
            offset: message.offset,
            timestamp: message.timestamp,
            latency: message.latency,
            brokerID: message.brokerID
        )
    }
}
