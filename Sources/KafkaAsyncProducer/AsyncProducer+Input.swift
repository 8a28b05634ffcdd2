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

        /// Sends borrowed bytes: no array, no message object. The bytes are copied before it returns.
        ///
        /// - Parameters:
        ///   - topic: Where it goes; a handle from ``AsyncProducer/topic(_:)`` saves a look-up.
        ///   - partition: nil lets the partitioner choose.
        ///   - key: nil is no key, which is not an empty one.
        ///   - value: nil is a tombstone, which is not an empty value.
        ///   - tag: A number of yours below 2^48 that comes back with the outcome, as its metadata and as a `UInt64`. It
        ///     costs next to nothing: no table is kept.
        /// - Throws: As ``send(_:)``, and for a tag that is too large.
        @inlinable
        public func send(
            to topic: Topic,
            partition: Int32? = nil,
            key: Span<UInt8>? = nil,
            value: Span<UInt8>?,
            tag: UInt64? = nil
        ) async throws(KafkaError) {
            if try producer.core.sendNow(topic, partition, key, value, tag) { return }
            try await producer.core.sendWaiting(topic, partition, key, value, tag)
        }

        /// Sends a message if that is possible without waiting, and says why if not.
        ///
        /// - Throws: As ``send(_:)``, for messages that could never be accepted, and for a producer that stopped with a
        ///   fatal error; one that is closing or closed is a ``Refusal``.
        public func trySend(_ message: ProducerMessage) throws(KafkaError) -> TrySendResult {
            try producer.core.trySend(message)
        }

        /// Sends borrowed bytes if that is possible without waiting, and says why if not. A loop over many small records
        /// that waits only when it must saves an asynchronous call for each.
        ///
        /// - Throws: As ``send(to:partition:key:value:tag:)``, for messages that could never be accepted.
        public func trySend(
            to topic: Topic,
            partition: Int32? = nil,
            key: Span<UInt8>? = nil,
            value: Span<UInt8>?,
            tag: UInt64? = nil
        ) throws(KafkaError) -> TrySendResult {
            try producer.core.trySend(topic, partition, key, value, tag)
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

    @usableFromInline
    func sendNow(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?
    ) throws(KafkaError) -> Bool {
        let size = try MessageSize.of(partition: partition, key: key?.count, value: value?.count)
        let extra = try Self.extra(tag)
        guard let admitted = admitNow(topic, size: size) else { return false }
        produce(topic, partition, key, value, admitted, extra)
        return true
    }

    @usableFromInline
    func sendWaiting(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?
    ) async throws(KafkaError) {
        let size = try MessageSize.of(partition: partition, key: key?.count, value: value?.count)
        let extra = try Self.extra(tag)
        // Nothing may throw once it is accepted.
        produce(topic, partition, key, value, try await admit(topic, size: size), extra)
    }

    private static func extra(_ tag: UInt64?) throws(KafkaError) -> Opaque.Extra {
        guard let tag else { return .none }
        if tag < Opaque.extraLimit { return .tag(tag) }
        throw KafkaError(.invalidMessage, "the tag \(tag) is too large: 2^48 - 1 is the largest; use metadata for more")
    }

    private func produce(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ admitted: Admitted,
        _ extra: Opaque.Extra
    ) {
        let opaque = Opaque(epoch: admitted.epoch, isPartitionExplicit: partition != nil, extra)
        let code = admitted.topic.produce(
            partition: partition,
            key: key,
            value: value,
            opaque: opaque.cValue
        )
        guard code.isError else { return }
        let message = ProducerMessage(
            topic: topic,
            partition: partition,
            key: [UInt8](copying: key).map { KafkaBytes($0) },
            value: [UInt8](copying: value).map { KafkaBytes($0) },
            metadata: opaque.tag
        )
        fail(message, admitted, opaque, code)
    }

    func trySend(_ message: ProducerMessage) throws(KafkaError) -> AsyncProducer.TrySendResult {
        let size = try MessageSize.of(message)
        return try trySend(message.topic, size: size) { admitted in produce(message, admitted) }
    }

    func trySend(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?
    ) throws(KafkaError) -> AsyncProducer.TrySendResult {
        let size = try MessageSize.of(partition: partition, key: key?.count, value: value?.count)
        let extra = try Self.extra(tag)
        return try trySend(topic, size: size) { admitted in produce(topic, partition, key, value, admitted, extra) }
    }

    /// Produces a message of `size` bytes if it is accepted without waiting.
    @inline(__always)
    private func trySend(
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
