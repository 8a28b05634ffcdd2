// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A failure on its way to be counted.
struct FailedMessage: Sendable {
    let error: ProducerError
    let mark: UInt8
    /// The bytes that its element counts for while nobody has read it.
    let size: Int
    /// Where it was; nil for one that never was in a queue.
    let chunk: Chunk?
    /// Who awaits it: it appears in no stream, even when nobody waits any more.
    let awaiter: Awaiter?
    /// The delivery scope it was sent through.
    let scope: ScopeHandle?
    /// When it was accepted, on the monotonic clock.
    var accepted: Int64?
    /// Who follows it.
    var trace: (any MessageTrace)?
}

extension FailedMessage {
    /// A message that was accepted and can be written nowhere.
    init(_ submission: Submission, _ error: KafkaError, mark: UInt8) {
        var message = submission.message
        if let tag = submission.tag { message.metadata = tag }
        self.init(
            error: ProducerError(
                message: message,
                error: error,
                persistence: .notPersisted,
                partition: message.partition
            ),
            mark: mark,
            size: MessageSize.of(message),
            chunk: nil,
            awaiter: submission.awaiter,
            scope: submission.scope,
            trace: submission.message.trace
        )
    }

    /// A message out of its chunk: copied out field for field as it was sent.
    init(
        _ batch: Batch,
        _ index: Int,
        topic: String,
        partition: Int32,
        _ error: KafkaError,
        _ persistence: ProducerError.Persistence
    ) {
        let chunk = batch.chunk
        let receiver = chunk.awaiter(at: index)
        let message = ProducerMessage(copying: chunk, at: index, topic: topic)
        self.init(
            error: ProducerError(
                message: message,
                error: error,
                persistence: batch.mayBeStored && persistence == .notPersisted ? .possiblyPersisted : persistence,
                partition: partition < 0 ? message.partition : partition
            ),
            mark: batch.mark,
            size: MessageSize.of(message),
            chunk: chunk,
            awaiter: receiver.flatMap { exactly($0, as: Awaiter.self) },
            scope: receiver.flatMap { ScopeHandle.find(in: $0) },
            accepted: chunk.accepted(at: index),
            trace: chunk.extras(at: index)?.messageCompanion?.trace
        )
    }
}

extension ProducerMessage {
    /// A message out of its chunk, field for field as it was sent.
    init(copying chunk: Chunk, at index: Int, topic: String) {
        self.init(
            topic: Topic(topic),
            // One that the partitioner chose is not the sender's: sent again it may go elsewhere.
            partition: chunk.partition(at: index),
            key: chunk.withKey(at: index) { [UInt8](copying: $0).map { KafkaBytes($0) } },
            value: chunk.withValue(at: index) { [UInt8](copying: $0).map { KafkaBytes($0) } },
            headers: chunk.headers(at: index),
            timestamp: chunk.ownTimestamp(at: index).map { Timestamp(millisecondsSinceEpoch: $0) },
            metadata: chunk.metadata(at: index)
        )
    }
}
