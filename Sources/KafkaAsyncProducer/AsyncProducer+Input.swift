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
        /// The transaction that its messages are part of; 0 is none.
        @usableFromInline let transaction: UInt32

        @inlinable
        init(producer: AsyncProducer, transaction: UInt32 = 0) {
            self.producer = producer
            self.transaction = transaction
        }

        /// Sends a message; suspends while the budget is used up, in the order of the calls.
        ///
        /// The bytes are copied before it returns. Does not suspend while there is room.
        ///
        /// - Throws: Why the message was not accepted: ``KafkaError/Code/invalidTopic``,
        ///   ``KafkaError/Code/tooManyTopics``, ``KafkaError/Code/invalidMessage``,
        ///   ``KafkaError/Code/messageTooLarge`` for one larger than the budget, ``KafkaError/Code/closed``, a fatal
        ///   error, ``KafkaError/Code/forked``, ``KafkaError/Code/noTransaction`` for a producer that sends in transactions
        ///   only, and ``KafkaError/Code/cancelled`` or ``KafkaError/Code/noRoom`` while it
        ///   waited.
        @inlinable
        public func send(_ message: ProducerMessage) async throws(KafkaError) {
            guard let choice = try producer.core.sendNow(message, transaction) else { return }
            try await producer.core.sendWaiting(message, choice, transaction)
        }

        /// Sends a message if that is possible without waiting, and says why if not.
        ///
        /// - Throws: As ``send(_:)``, for messages that could never be accepted, and for a producer that stopped with a
        ///   fatal error; one that is closing or closed is a ``Refusal``.
        public func trySend(_ message: ProducerMessage) throws(KafkaError) -> TrySendResult {
            try producer.core.trySend(message, transaction)
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
        /// ``Configuration/Buffering/maximumBytes`` are buffered, or nearly: while others are under way, whose outcomes will
        /// make room, the last of them is not used up by small batches.
        case byteLimit
        /// Other senders wait for room and come first.
        case sendersWaiting
        /// The producer is closing or closed.
        case closing
    }
}

extension ProducerCore {
    /// The whole of a send when there is room.
    ///
    /// - Returns: nil when the message was accepted. Else it has to wait, with what the partitioner has said of it so far.
    @usableFromInline
    func sendNow(_ message: ProducerMessage, _ transaction: UInt32) throws(KafkaError) -> PartitionChoice? {
        if !message.isPlain { return try sendWithExtras(message, transaction) }
        try MessageSize.check(partition: message.partition, key: message.key?.count, value: message.value?.count)
        guard !isForked, !mustObserve(nil) else { return .notAsked }
        let admission = withState { $0.admit(message, .notAsked, transaction) }
        if case .undecided(let custom, let count) = admission { return sendNow(message, custom, count, transaction) }
        return finish(admission) ? nil : .notAsked
    }

    @inline(never)
    private func sendWithExtras(
        _ message: ProducerMessage,
        _ transaction: UInt32
    ) throws(KafkaError) -> PartitionChoice? {
        try MessageSize.check(message)
        guard !isForked, !mustObserve(message.companion) else { return .notAsked }
        let admission = withState { $0.admitWithExtras(message, .notAsked, transaction) }
        if case .undecided(let custom, let count) = admission { return sendNow(message, custom, count, transaction) }
        return finish(admission) ? nil : .notAsked
    }

    /// A message for a topic with a partitioner of its own, which is asked without a lock.
    @inline(never)
    private func sendNow(
        _ message: ProducerMessage,
        _ custom: CustomPartitioner,
        _ count: Int32,
        _ transaction: UInt32
    ) -> PartitionChoice? {
        let choice = PartitionChoice(custom.choose(message, count))
        let admission = withState { state in
            message.isPlain
                ? state.admit(message, choice, transaction) : state.admitWithExtras(message, choice, transaction)
        }
        return finish(admission) ? nil : choice
    }

    @usableFromInline
    func sendWaiting(
        _ message: ProducerMessage,
        _ choice: PartitionChoice,
        _ transaction: UInt32
    ) async throws(KafkaError) {
        try await send(Submission(message: message, choice: choice, transaction: transaction))
    }

    func trySend(
        _ message: ProducerMessage,
        _ transaction: UInt32
    ) throws(KafkaError) -> AsyncProducer.TrySendResult {
        guard let choice = try sendNow(message, transaction) else { return .accepted }
        return try trySend(Submission(message: message, choice: choice, transaction: transaction))
    }
}

extension ProducerState {
    /// Accepts a plain message; the commonest form first, as the general one tries every pair of forms.
    @inline(__always)
    mutating func admit(
        _ message: ProducerMessage,
        _ choice: PartitionChoice,
        _ transaction: UInt32
    ) -> Admission {
        guard case .array(let value)? = message.value?.storage else {
            return admitAnyForm(message, choice, transaction)
        }
        if message.key == nil {
            return admit(message.topic, message.partition, nil, value.span, message.note, choice, transaction)
        }
        guard case .array(let key)? = message.key?.storage else { return admitAnyForm(message, choice, transaction) }
        return admit(message.topic, message.partition, key.span, value.span, message.note, choice, transaction)
    }

    @inline(never)
    private mutating func admitAnyForm(
        _ message: ProducerMessage,
        _ choice: PartitionChoice,
        _ transaction: UInt32
    ) -> Admission {
        withSpan(message.key) { key in
            withSpan(message.value) { value in
                admit(message.topic, message.partition, key, value, message.note, choice, transaction)
            }
        }
    }
}
