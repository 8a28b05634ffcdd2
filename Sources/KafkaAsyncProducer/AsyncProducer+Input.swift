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
        if !message.isPlain { return try sendWithExtras(message) }
        try MessageSize.check(partition: message.partition, key: message.key?.count, value: message.value?.count)
        guard !isForked, !mustObserve(nil) else { return false }
        let admission = withState { $0.admit(message) }
        return finish(admission)
    }

    @inline(never)
    private func sendWithExtras(_ message: ProducerMessage) throws(KafkaError) -> Bool {
        try MessageSize.check(message)
        guard !isForked, !mustObserve(message.headerList) else { return false }
        let admission = withState { $0.admitWithExtras(message) }
        return finish(admission)
    }

    @usableFromInline
    func sendWaiting(_ message: ProducerMessage) async throws(KafkaError) {
        try await send(Submission(message: message))
    }

    func trySend(_ message: ProducerMessage) throws(KafkaError) -> AsyncProducer.TrySendResult {
        if try sendNow(message) { return .accepted }
        return try trySend(Submission(message: message))
    }
}

extension ProducerState {
    /// Accepts a plain message; the commonest form first, as the general one tries every pair of forms.
    @inline(__always)
    mutating func admit(_ message: ProducerMessage) -> Admission {
        guard case .array(let value)? = message.value?.storage else { return admitAnyForm(message) }
        if message.key == nil { return admit(message.topic, message.partition, nil, value.span, .none) }
        guard case .array(let key)? = message.key?.storage else { return admitAnyForm(message) }
        return admit(message.topic, message.partition, key.span, value.span, .none)
    }

    @inline(never)
    private mutating func admitAnyForm(_ message: ProducerMessage) -> Admission {
        withSpan(message.key) { key in
            withSpan(message.value) { value in admit(message.topic, message.partition, key, value, .none) }
        }
    }
}
