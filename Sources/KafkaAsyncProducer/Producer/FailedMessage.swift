// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A failure on its way to be counted.
struct FailedMessage {
    let error: ProducerError
    let epoch: UInt8
    /// The budget's bytes for it.
    let size: Int
    /// Sent with `deliver`: it appears in no stream, even when its caller waits no longer.
    let isAwaited: Bool
    let awaiter: Awaiter?
}

extension FailedMessage {
    /// A report: the message is copied out field for field as it was sent.
    init(
        _ batch: DeliveryBatch,
        _ index: Int,
        _ opaque: Opaque,
        _ slot: SlotTable.Content?,
        _ error: KafkaError
    ) {
        let partition = batch.record(at: index).partition
        let persistence: ProducerError.Persistence =
            switch batch.status(at: index) {
            case 0: .notPersisted
            // What is inferred is not known.
            case 2 where !batch.isInferred: .persisted
            default: .possiblyPersisted
            }
        let headerBytes = opaque.headerBytes + (slot?.headerBytes ?? 0)
        let message = ProducerMessage(
            topic: Topic(batch.topic),
            // A partition that the partitioner chose is not the sender's: sent again it may go elsewhere.
            partition: opaque.isPartitionExplicit ? partition : nil,
            key: batch.withKey(at: index) { [UInt8](copying: $0).map { KafkaBytes($0) } },
            value: batch.withValue(at: index) { [UInt8](copying: $0).map { KafkaBytes($0) } },
            headers: headerBytes > 0 ? recordHeaders(batch.headers(at: index)) : [],
            timestamp: opaque.timestamp ?? slot?.sentTimestamp,
            metadata: slot?.metadata ?? opaque.tag
        )
        self.init(
            error: ProducerError(
                message: message,
                error: error,
                persistence: persistence,
                partition: partition < 0 ? nil : partition
            ),
            epoch: opaque.epoch,
            size: batch.payloadSize(at: index) + headerBytes + Budget.overhead,
            isAwaited: opaque.isAwaited,
            awaiter: slot?.awaiter
        )
    }
}
