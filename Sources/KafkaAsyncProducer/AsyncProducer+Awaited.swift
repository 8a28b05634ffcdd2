// SPDX-License-Identifier: Apache-2.0

/// A message on its way, whose outcome can be awaited later, by any number of tasks or by none: it is counted in any case.
public struct PendingDelivery: Sendable {
    /// The message.
    public let message: ProducerMessage
    let awaiter: Awaiter

    init(message: ProducerMessage, awaiter: Awaiter) { (self.message, self.awaiter) = (message, awaiter) }

    /// One whose outcome is known, for tests and for inputs of your own.
    public init(message: ProducerMessage, outcome: Result<Delivery, ProducerError>) {
        self.init(message: message, awaiter: Awaiter())
        awaiter.resume(returning: outcome)
    }

    /// Where the message was stored; suspends until that is known.
    ///
    /// - Throws: Why it was not delivered. Cancelling the caller ends its wait with ``KafkaError/Code/cancelled`` and
    ///   ``ProducerError/Persistence/possiblyPersisted``; the message is still delivered or fails.
    public var outcome: Delivery {
        get async throws(ProducerError) { try await awaiter.outcome(of: message).get() }
    }
}

extension AsyncProducer {
    /// Sends a message whose outcome is wanted, and does not wait for it: for that no task is needed. It appears in no
    /// stream. Waits for room, as ``Input/send(_:)`` does.
    ///
    /// - Throws: Why the message was not accepted, as ``Input/send(_:)``.
    public func submit(_ message: ProducerMessage) async throws(KafkaError) -> PendingDelivery {
        try await core.submit(message)
    }

    /// Sends messages in order and waits for the outcome of each: many at a time, without a task for each.
    ///
    /// One that is not accepted fails with ``ProducerError/Persistence/notPersisted``, and those behind it are sent all the
    /// same, unless the caller is cancelled: then none is sent any more, and what was sent has
    /// ``ProducerError/Persistence/possiblyPersisted``.
    ///
    /// - Returns: The outcomes, in the order of the messages.
    public func deliver(contentsOf messages: [ProducerMessage]) async -> [Result<Delivery, ProducerError>] {
        await core.deliver(contentsOf: messages)
    }
}
