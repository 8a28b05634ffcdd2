// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer {
    /// Where messages go in. Keeps the producer alive; any number of tasks may send at once.
    ///
    /// A send that returns has *accepted* the message: it is counted, and will be an element of
    /// ``AsyncProducer/successes`` or of ``AsyncProducer/errors``, never both and never none. A send that throws has
    /// not: the message is counted nowhere. What librdkafka or a broker thinks of an accepted message, an unknown
    /// partition for example, is an outcome and not thrown, whether it is known at once or later.
    public struct Input: Sendable {
        @usableFromInline let producer: AsyncProducer

        @inlinable
        init(producer: AsyncProducer) { self.producer = producer }

        /// Sends a message; suspends while the budget is used up, in the order of the calls.
        ///
        /// The bytes are copied before it returns. Does not suspend while there is room.
        ///
        /// - Throws: Why the message was not accepted: ``KafkaError/Code/invalidTopic``,
        ///   ``KafkaError/Code/tooManyTopics``, ``KafkaError/Code/invalidMessage``,
        ///   ``KafkaError/Code/messageTooLarge`` for one larger than the budget, ``KafkaError/Code/closed``, a fatal
        ///   error, ``KafkaError/Code/forked``, and ``KafkaError/Code/cancelled`` or ``KafkaError/Code/noRoom`` while it
        ///   waited.
        @inlinable
        public func send(_ message: ProducerMessage) async throws(KafkaError) {
            if try producer.core.sendNow(message) { return }
            try await producer.core.sendWaiting(message)
        }

        /// Sends a message if that is possible without waiting, and says why if not.
        ///
        /// - Throws: As ``send(_:)``, for messages that could never be accepted, and for a producer that stopped with a
        ///   fatal error; one that is closing or closed is a ``Refusal``.
        public func trySend(_ message: ProducerMessage) throws(KafkaError) -> TrySendResult {
            try producer.core.trySend(message)
        }
    }

    /// What ``Input/trySend(_:)`` did.
    public enum TrySendResult: Sendable, Hashable {
        /// The message was accepted.
        case accepted
        /// It was not, and is counted nowhere.
        case refused(Refusal)
    }

    /// Why a message was not accepted just now.
    public enum Refusal: Sendable, Hashable {
        /// ``Configuration/Buffering/maximumMessages`` are buffered.
        case messageLimit
        /// ``Configuration/Buffering/maximumBytes`` are buffered.
        case byteLimit
        /// Other senders wait for room and come first.
        case sendersWaiting
        /// The producer is closing or closed.
        case closing
    }
}

extension ProducerCore {
    /// The whole of a send when there is room: returns false when it has to wait.
    @usableFromInline
    func sendNow(_ message: ProducerMessage) throws(KafkaError) -> Bool {
        let size = try MessageSize.of(message)
        if let extra = Opaque.extraWithoutSlot(for: message) {
            guard let admitted = admitNow(message.topic, size: size) else { return false }
            produce(message, admitted, extra)
        } else {
            guard let (admitted, slot) = admitNow(message, size: size) else { return false }
            produce(message, admitted, .slot(slot, isAwaited: false))
        }
        return true
    }

    @usableFromInline
    func sendWaiting(_ message: ProducerMessage) async throws(KafkaError) {
        let size = try MessageSize.of(message)
        produce(message, try await admit(message.topic, size: size))
    }

    func trySend(_ message: ProducerMessage) throws(KafkaError) -> AsyncProducer.TrySendResult {
        let size = try MessageSize.of(message)
        return try trySend(message.topic, size: size) { admitted in produce(message, admitted) }
    }

    /// Produces a message of `size` bytes if it is accepted without waiting.
    @inline(__always)
    func trySend(
        _ topic: Topic,
        size: Int,
        _ produce: (Admitted) -> Void
    ) throws(KafkaError) -> AsyncProducer.TrySendResult {
        try check(size)
        if let admitted = admitNow(topic, size: size) {
            produce(admitted)
            return .accepted
        }
        do {
            let handle = try self.handle(for: topic)
            if let epoch = try admitAtOnce(count: 1, size: size) {
                produce(Admitted(topic: handle, epoch: epoch, size: size))
                return .accepted
            }
        } catch {
            if error.code == .closed { return .refused(.closing) }
            throw error
        }
        return withState { state in
            if !state.senders.isEmpty { return .refused(.sendersWaiting) }
            return .refused(state.budget.limit(count: 1, size: size) == .bytes ? .byteLimit : .messageLimit)
        }
    }
}
