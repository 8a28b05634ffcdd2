// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer.Input {
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
        if try producer.core.sendNow(topic, partition, key, value, tag, transaction) { return }
        try await producer.core.sendWaiting(topic, partition, key, value, tag, transaction)
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
    ) throws(KafkaError) -> AsyncProducer.TrySendResult {
        try producer.core.trySend(topic, partition, key, value, tag, transaction)
    }
}

extension ProducerCore {
    @usableFromInline
    func sendNow(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?,
        _ transaction: UInt32
    ) throws(KafkaError) -> Bool {
        try MessageSize.check(partition: partition, key: key?.count, value: value?.count)
        let note = try Self.note(tag)
        guard !isForked else { return false }
        let admission = withState { $0.admit(topic, partition, key, value, note, .notAsked, transaction) }
        return finish(admission)
    }

    @usableFromInline
    func sendWaiting(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?,
        _ transaction: UInt32
    ) async throws(KafkaError) {
        try await send(Self.copied(topic, partition, key, value, tag, transaction))
    }

    func trySend(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?,
        _ transaction: UInt32
    ) throws(KafkaError) -> AsyncProducer.TrySendResult {
        if try sendNow(topic, partition, key, value, tag, transaction) { return .accepted }
        return try trySend(Self.copied(topic, partition, key, value, tag, transaction))
    }

    static func note(_ tag: UInt64?) throws(KafkaError) -> RecordNote {
        guard let tag else { return .none }
        if tag < 1 << 48 { return .tag(tag) }
        throw KafkaError(.invalidMessage, "the tag \(tag) is too large: 2^48 - 1 is the largest; use metadata for more")
    }

    /// For a message that has to wait, or failed: rare.
    @inline(never)
    static func copied(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?,
        _ transaction: UInt32,
        in scope: ScopeHandle? = nil
    ) -> Submission {
        let message = ProducerMessage(
            topic: topic,
            partition: partition,
            key: [UInt8](copying: key).map { KafkaBytes($0) },
            value: [UInt8](copying: value).map { KafkaBytes($0) }
        )
        return Submission(message: message, tag: tag, scope: scope, transaction: transaction)
    }
}
