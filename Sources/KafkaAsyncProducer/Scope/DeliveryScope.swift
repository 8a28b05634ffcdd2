// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Where messages go in whose delivery is waited for together; see ``AsyncProducer/withDeliveryScope(deadline:_:)``.
///
/// Any number of tasks may send through it at once, as through ``AsyncProducer/Input``, which it is like but for this: its
/// messages appear in no stream, and a send after its end throws ``KafkaError/Code/scopeEnded``. Code that takes any
/// ``ProducerInput`` takes a scope, too.
public struct DeliveryScope: Sendable {
    let producer: AsyncProducer
    let handle: ScopeHandle

    /// Sends a message; suspends while the budget is used up, in the order of the calls.
    ///
    /// - Throws: As ``AsyncProducer/Input/send(_:)``, and ``KafkaError/Code/scopeEnded``.
    public func send(_ message: ProducerMessage) async throws(KafkaError) {
        if try producer.core.sendNow(message, for: Receiver(handle)) { return }
        try await producer.core.send(Submission(message: message, scope: handle))
    }

    /// Sends a message if that is possible without waiting, and says why if not.
    ///
    /// - Throws: As ``AsyncProducer/Input/trySend(_:)``, and ``KafkaError/Code/scopeEnded``.
    public func trySend(_ message: ProducerMessage) throws(KafkaError) -> AsyncProducer.TrySendResult {
        if try producer.core.sendNow(message, for: Receiver(handle)) { return .accepted }
        return try producer.core.trySend(Submission(message: message, scope: handle))
    }

    /// Sends messages in order, many of them under one lock.
    ///
    /// - Throws: How many were accepted, and why the next one was not.
    public func send(contentsOf messages: [ProducerMessage]) async throws(AsyncProducer.PartialSendError) {
        try await producer.core.send(contentsOf: messages, 0, in: handle)
    }

    /// Sends borrowed bytes, as ``AsyncProducer/Input/send(to:partition:key:value:tag:)`` does.
    ///
    /// - Throws: As that, and ``KafkaError/Code/scopeEnded``.
    public func send(
        to topic: Topic,
        partition: Int32? = nil,
        key: Span<UInt8>? = nil,
        value: Span<UInt8>?,
        tag: UInt64? = nil
    ) async throws(KafkaError) {
        if try producer.core.sendNow(topic, partition, key, value, tag, for: Receiver(handle)) { return }
        try await producer.core.send(ProducerCore.copied(topic, partition, key, value, tag, 0, in: handle))
    }

    /// Sends borrowed bytes if that is possible without waiting, and says why if not.
    ///
    /// - Throws: As ``AsyncProducer/Input/trySend(to:partition:key:value:tag:)``, and ``KafkaError/Code/scopeEnded``.
    public func trySend(
        to topic: Topic,
        partition: Int32? = nil,
        key: Span<UInt8>? = nil,
        value: Span<UInt8>?,
        tag: UInt64? = nil
    ) throws(KafkaError) -> AsyncProducer.TrySendResult {
        if try producer.core.sendNow(topic, partition, key, value, tag, for: Receiver(handle)) { return .accepted }
        return try producer.core.trySend(ProducerCore.copied(topic, partition, key, value, tag, 0, in: handle))
    }
}

extension DeliveryScope: ProducerInput {
    /// Sends borrowed bytes, which are copied once, into their batch.
    public func sendBorrowed(
        to topic: Topic,
        partition: Int32?,
        key: Span<UInt8>?,
        value: Span<UInt8>?,
        tag: UInt64?
    ) async throws(KafkaError) {
        try await send(to: topic, partition: partition, key: key, value: value, tag: tag)
    }

    /// Sends a message whose own outcome is wanted later, as ``AsyncProducer/submit(_:)`` does.
    ///
    /// It is the scope's all the same: leaving waits for it, and throws it if it failed, whoever has awaited it before.
    ///
    /// - Throws: As ``send(_:)``.
    public func submit(_ message: ProducerMessage) async throws(KafkaError) -> PendingDelivery {
        try await producer.core.submit(message, in: handle)
    }

    /// Sends messages in order and waits for the outcome of each, as ``AsyncProducer/deliver(contentsOf:)`` does.
    ///
    /// They are the scope's all the same.
    public func deliver(contentsOf messages: [ProducerMessage]) async -> [Result<Delivery, ProducerError>] {
        await producer.core.deliver(contentsOf: messages, in: handle)
    }
}
