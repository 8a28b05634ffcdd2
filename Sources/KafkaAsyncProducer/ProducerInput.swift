// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Where messages go in, as code that sends needs it: ``AsyncProducer/Input``, that of a ``Transaction``, a
/// ``DeliveryScope``, or in tests a recorder of KafkaTestKit's, `InputRecorder`, which needs no broker.
///
/// <!-- snippet: Testing.input -->
/// ```swift
/// struct Orders<Input: ProducerInput> {
///     let input: Input
///
///     func place(_ order: String) async throws {
///         try await input.send(ProducerMessage(topic: "orders", value: order))
///     }
/// }
/// ```
///
/// What a send promises, and what it throws, is said at ``AsyncProducer/Input``. A type of your own needs ``send(_:)``,
/// ``trySend(_:)`` and ``submit(_:)``; the rest follows from them.
public protocol ProducerInput: Sendable {
    /// Sends a message; suspends until there is room.
    func send(_ message: ProducerMessage) async throws(KafkaError)

    /// Sends a message if that is possible without waiting, and says why if not.
    func trySend(_ message: ProducerMessage) throws(KafkaError) -> AsyncProducer.TrySendResult

    /// Sends messages in order.
    func send(contentsOf messages: [ProducerMessage]) async throws(AsyncProducer.PartialSendError)

    /// Sends borrowed bytes: what ``send(to:partition:key:value:tag:)`` comes down to.
    func sendBorrowed(
        to topic: Topic,
        partition: Int32?,
        key: Span<UInt8>?,
        value: Span<UInt8>?,
        tag: UInt64?
    ) async throws(KafkaError)

    /// Sends a message whose own outcome is wanted later.
    func submit(_ message: ProducerMessage) async throws(KafkaError) -> PendingDelivery

    /// Sends a message and waits for its own outcome.
    func deliver(_ message: ProducerMessage) async throws(ProducerError) -> Delivery

    /// Sends messages in order and waits for the outcome of each.
    func deliver(contentsOf messages: [ProducerMessage]) async -> [Result<Delivery, ProducerError>]
}

extension ProducerInput {
    /// Sends messages in order, one after the other.
    ///
    /// - Throws: How many were accepted, and why the next one was not.
    public func send(contentsOf messages: [ProducerMessage]) async throws(AsyncProducer.PartialSendError) {
        for (count, message) in messages.enumerated() {
            do throws(KafkaError) {
                if Task.isCancelled { throw .cancelledSend }
                try await send(message)
            } catch {
                let rest = Array(messages[count...])
                throw AsyncProducer.PartialSendError(acceptedCount: count, cause: error, unsent: rest)
            }
        }
    }

    /// Sends borrowed bytes, without a copy where the input needs none.
    ///
    /// - Parameters:
    ///   - topic: Where it goes.
    ///   - partition: nil lets the partitioner choose.
    ///   - key: nil is no key, which is not an empty one.
    ///   - value: nil is a tombstone, which is not an empty value.
    ///   - tag: Comes back as the metadata, a `UInt64`.
    /// - Throws: As ``send(_:)``.
    public func send(
        to topic: Topic,
        partition: Int32? = nil,
        key: Span<UInt8>? = nil,
        value: Span<UInt8>?,
        tag: UInt64? = nil
    ) async throws(KafkaError) {
        try await sendBorrowed(to: topic, partition: partition, key: key, value: value, tag: tag)
    }

    /// Sends a message with a copy of borrowed bytes.
    public func sendBorrowed(
        to topic: Topic,
        partition: Int32?,
        key: Span<UInt8>?,
        value: Span<UInt8>?,
        tag: UInt64?
    ) async throws(KafkaError) {
        try await send(
            ProducerMessage(
                topic: topic,
                partition: partition,
                key: [UInt8](copying: key).map { KafkaBytes($0) },
                value: [UInt8](copying: value).map { KafkaBytes($0) },
                metadata: tag
            )
        )
    }

    /// Sends a message and waits for its own outcome, which then appears in no stream.
    ///
    /// - Throws: Why the message was not accepted, with ``ProducerError/Persistence/notPersisted``, or why it was not delivered.
    public func deliver(_ message: ProducerMessage) async throws(ProducerError) -> Delivery {
        let pending: PendingDelivery
        do throws(KafkaError) {
            pending = try await submit(message)
        } catch {
            throw ProducerError(message: message, error: error, persistence: .notPersisted)
        }
        return try await pending.outcome
    }

    /// Sends messages in order and waits for the outcome of each: many at a time, without a task for each.
    ///
    /// One that is not accepted fails with ``ProducerError/Persistence/notPersisted``, and those behind it are sent all the
    /// same, unless the caller is cancelled: then none is sent any more, and what was sent has
    /// ``ProducerError/Persistence/possiblyPersisted``.
    ///
    /// - Returns: The outcomes, in the order of the messages.
    public func deliver(contentsOf messages: [ProducerMessage]) async -> [Result<Delivery, ProducerError>] {
        var pending: [Result<PendingDelivery, ProducerError>] = []
        pending.reserveCapacity(messages.count)
        for message in messages {
            do throws(KafkaError) {
                pending.append(.success(try await submit(message)))
            } catch {
                pending.append(.failure(ProducerError(message: message, error: error, persistence: .notPersisted)))
            }
        }
        var outcomes: [Result<Delivery, ProducerError>] = []
        outcomes.reserveCapacity(messages.count)
        for result in pending {
            switch result {
            case .success(let delivery): outcomes.append(await delivery.awaiter.outcome(of: delivery.message))
            case .failure(let error): outcomes.append(.failure(error))
            }
        }
        return outcomes
    }
}

extension AsyncProducer.Input: ProducerInput {
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

    /// Sends a message whose outcome is wanted, as ``AsyncProducer/submit(_:)``.
    public func submit(_ message: ProducerMessage) async throws(KafkaError) -> PendingDelivery {
        try await producer.core.submit(message, transaction: transaction)
    }

    /// Sends a message and waits for its own outcome, as ``AsyncProducer/deliver(_:)``.
    public func deliver(_ message: ProducerMessage) async throws(ProducerError) -> Delivery {
        try await producer.core.deliver(message, transaction: transaction)
    }

    /// Sends messages in order and waits for the outcome of each, as ``AsyncProducer/deliver(contentsOf:)``.
    public func deliver(contentsOf messages: [ProducerMessage]) async -> [Result<Delivery, ProducerError>] {
        await producer.core.deliver(contentsOf: messages, transaction: transaction)
    }
}

extension KafkaError {
    /// A message that was not sent because its task had been cancelled.
    static var cancelledSend: KafkaError {
        KafkaError(.cancelled, "the task was cancelled: the message was not accepted")
    }
}
