// SPDX-License-Identifier: Apache-2.0

public import KafkaAsyncProducer
internal import Synchronization

/// A record as it lies in the log of a ``MockCluster``.
public struct MockRecord: Hashable, Sendable {
    /// The topic.
    public let topic: String
    /// The partition.
    public let partition: Int32
    /// The position in the partition, from 0.
    public let offset: Int64
    /// The key; nil is no key, which is not an empty one.
    public let key: [UInt8]?
    /// The value; nil is a tombstone, which is not an empty value.
    public let value: [UInt8]?
    /// Headers in their order; names may repeat.
    public let headers: [RecordHeader]
    /// When the producer made it, by its own clock; nil if it did not say.
    public let timestamp: Timestamp?

    /// The key as text; nil when there is none or it is not valid UTF-8.
    public var keyText: String? { key.flatMap { String(validating: $0, as: UTF8.self) } }
    /// The value as text; nil when there is none or it is not valid UTF-8.
    public var valueText: String? { value.flatMap { String(validating: $0, as: UTF8.self) } }
}

extension MockCluster {
    /// Reads back everything that was written to a topic, with a consumer that shares no code with the producer.
    ///
    /// Reads every partition from its first record to the last one that was there when the call began, transactions
    /// without regard to their outcome. The mock keeps only the newest 5 MiB and 100,000 batches of a partition: what
    /// is older is gone, and the offsets then do not start at 0.
    ///
    /// The consumer meets the cluster's faults like any client: with a broker down or a partition without a leader the
    /// call waits until that ends or the deadline passes.
    ///
    /// - Parameters:
    ///   - topic: The topic. One that does not exist has no records, and is not created.
    ///   - deadline: How long it may take.
    /// - Returns: The records by partition, then by offset.
    /// - Throws: ``/KafkaAsyncProducer/KafkaError/Code/deadlineExceeded`` with how far it got, ``/KafkaAsyncProducer/KafkaError/Code/cancelled`` within 0.1 s
    ///   of the task's cancellation, or the error that ``failTopic(_:with:)`` set.
    public func records(
        in topic: String,
        deadline: Duration = .seconds(30)
    ) async throws(KafkaError) -> [MockRecord] {
        try Self.validate(topic: topic)
        // No test waits for a day; and the sum cannot overflow.
        let end = ContinuousClock.now.advanced(by: min(deadline, .seconds(86_400)))
        let stop = StopFlag()
        let handle = handle
        // The closure is here for its error type: the handler's own `operation` cannot throw a KafkaError.
        let result = await withTaskCancellationHandler {
            do throws(KafkaError) {
                let records = try await offPool("mock-records") { () throws(KafkaError) -> [MockRecord] in
                    let reader = try RecordReader(cluster: handle, topic: topic, end: end, stop: stop)
                    return try reader.readAll()
                }
                return Result<[MockRecord], KafkaError>.success(records)
            } catch {
                return .failure(error)
            }
        } onCancel: {
            stop.raise()
        }
        return try result.get()
    }
}

/// Tells a thread that its caller has lost interest.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    func raise() { flag.store(true, ordering: .relaxed) }

    var isRaised: Bool { flag.load(ordering: .relaxed) }
}
