// SPDX-License-Identifier: Apache-2.0

/// An open transaction: what is sent through it becomes visible to readers of committed records all at once, or never.
///
/// Made by ``AsyncProducer/withTransaction(deadline:_:)``, and of no use after that has returned: what is sent then is
/// refused with ``KafkaError/Code/transactionEnded``. Any number of tasks may send at once.
public struct Transaction: Sendable {
    let producer: AsyncProducer
    /// Its number, by which the producer knows its messages from those of others.
    let number: UInt32

    /// Where its messages go in, with all that ``AsyncProducer/input`` can do.
    public var input: AsyncProducer.Input { AsyncProducer.Input(producer: producer, transaction: number) }

    /// Sends a message as part of the transaction, as ``AsyncProducer/Input/send(_:)`` does.
    ///
    /// Its outcome is an element of ``AsyncProducer/successes`` or of ``AsyncProducer/errors``. *Delivered* means that
    /// it is in the log; whether readers see it is decided by the end of the transaction. A message that fails aborts it.
    ///
    /// - Throws: As ``AsyncProducer/Input/send(_:)``, and ``KafkaError/Code/transactionEnded`` or, with
    ///   ``KafkaError/requiresAbort``, why the transaction can only be aborted.
    public func send(_ message: ProducerMessage) async throws(KafkaError) { try await input.send(message) }

    /// Sends messages in order, many of them under one lock.
    ///
    /// - Throws: How many were accepted, and why the next one was not, as ``send(_:)``.
    public func send(contentsOf messages: [ProducerMessage]) async throws(AsyncProducer.PartialSendError) {
        try await input.send(contentsOf: messages)
    }

    /// Sends a message and waits for its own outcome, as ``AsyncProducer/deliver(_:)`` does.
    ///
    /// - Throws: Why it was not accepted, as ``send(_:)``, or why it was not delivered; then the transaction is aborted.
    public func deliver(_ message: ProducerMessage) async throws(ProducerError) -> Delivery {
        try await producer.core.deliver(message, transaction: number)
    }

    /// Sends a message whose outcome can be awaited later, as ``AsyncProducer/submit(_:)`` does.
    ///
    /// - Throws: Why the message was not accepted, as ``send(_:)``.
    public func submit(_ message: ProducerMessage) async throws(KafkaError) -> PendingDelivery {
        try await producer.core.submit(message, transaction: number)
    }

    /// Makes the offsets of a consumer group part of the transaction: they are committed with it or not at all, so that
    /// what was consumed counts as consumed exactly when what was made of it is visible.
    ///
    /// Suspends until the group's coordinator has taken them; cancelling the task meanwhile aborts the transaction. The
    /// consumer must not commit them itself. An empty list does nothing.
    ///
    /// - Parameters:
    ///   - offsets: The next offset to be read of each partition.
    ///   - group: The consumer's group, as the consumer sees it at this time.
    /// - Throws: ``KafkaError/Code/invalidOffset``, ``KafkaError/Code/invalidGroup`` or ``KafkaError/Code/invalidTopic``
    ///   for what could never be taken: the transaction is as it was. ``KafkaError/Code/transactionEnded``. With
    ///   ``KafkaError/requiresAbort``, why the transaction can only be aborted: such as
    ///   ``KafkaError/Code/unknownMemberID`` or ``KafkaError/Code/illegalGeneration`` for a member that the group has
    ///   lost, ``KafkaError/Code/cancelled``, or the deadline of the transaction.
    public func sendOffsets(
        _ offsets: [ConsumedOffset],
        group: ConsumerGroupMetadata
    ) async throws(KafkaError) {
        try await producer.core.sendOffsets(offsets, group, transaction: number)
    }
}
