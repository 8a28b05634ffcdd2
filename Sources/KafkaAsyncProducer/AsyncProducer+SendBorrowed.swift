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
        if try producer.core.sendNow(topic, partition, key, value, tag) { return }
        try await producer.core.sendWaiting(topic, partition, key, value, tag)
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
        try producer.core.trySend(topic, partition, key, value, tag)
    }
}

extension ProducerCore {
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
}
