// SPDX-License-Identifier: Apache-2.0

/// Where an awaited message was stored: the result of ``AsyncProducer/deliver(_:)``.
public struct Delivery: Hashable, Sendable {
    /// The partition it was written to.
    public let partition: Int32
    /// Its offset; nil when the broker did not tell, never a made-up 0.
    public let offset: Int64?
    /// The time it was stored with.
    public let timestamp: Timestamp?
    /// From the produce call to the arrival of the report.
    public let latency: Duration?
    /// The broker that stored it; nil when unknown.
    public let brokerID: Int32?
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

/// Resumed with the outcome of one awaited message.
typealias DeliveryContinuation = CheckedContinuation<Result<Delivery, ProducerError>, Never>

/// A reference to one: the size of a continuation is the standard library's to change, and as a field it would make
/// the compiler look up the layout of every slot at run time.
final class Awaiter: Sendable {
    private let continuation: DeliveryContinuation

    init(_ continuation: DeliveryContinuation) { self.continuation = continuation }

    func resume(returning result: Result<Delivery, ProducerError>) { continuation.resume(returning: result) }
}
