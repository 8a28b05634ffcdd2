// SPDX-License-Identifier: Apache-2.0

/// How a message without a partition of its own is placed: librdkafka's `partitioner`, by its values there.
///
/// The rules for a missing and for an empty key are librdkafka's, and differ from hash to hash.
enum Partitioner: String, CaseIterable, Sendable {
    /// Any partition, whatever the key.
    case random
    /// CRC-32; without a key as with an empty one, which is partition 0.
    case consistent
    /// CRC-32; any partition without a key *and* with an empty one.
    case consistentRandom = "consistent_random"
    /// Java's hash; without a key as with an empty one.
    case murmur2
    /// As Kafka's Java client: its hash, any partition without a key.
    case murmur2Random = "murmur2_random"
    /// Sarama's hash; without a key as with an empty one.
    case fnv1a
    /// As Sarama: its hash, any partition without a key.
    case fnv1aRandom = "fnv1a_random"

    /// The partitioner of that name, as librdkafka spells it back: it cuts off spaces in front.
    ///
    /// - Throws: ``KafkaError/Code/invalidConfiguration`` for a name that librdkafka does not know either.
    init(named name: String) throws(KafkaError) {
        guard let partitioner = Self(rawValue: name) else {
            let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw KafkaError(
                .invalidConfiguration,
                "partitioner cannot be \"\(printable(name, limit: 80))\": it is one of \(names)"
            )
        }
        self = partitioner
    }

    /// The partition of a message with this key (nil is none), or nil where any will do.
    ///
    /// - Parameter count: How many partitions the topic has; without one there is none to name.
    @inline(__always)
    func partition(key: Span<UInt8>?, count: Int32) -> Int32? {
        guard count > 0, let hash = hash(of: key) else { return nil }
        return Int32(truncatingIfNeeded: hash % UInt32(truncatingIfNeeded: count))
    }

    /// Whether a message that any partition will do for may follow the one before it into the same partition.
    ///
    /// `random` scatters what has a key, an empty one included, and only what has none sticks.
    @inline(__always)
    func mayStick(key: Span<UInt8>?) -> Bool { self != .random || key == nil }

    @inline(__always)
    private func hash(of key: Span<UInt8>?) -> UInt32? {
        if let key { return hash(ofPresent: key) }
        return switch self {
        case .consistent, .murmur2, .fnv1a: hash(ofPresent: Span())
        case .random, .consistentRandom, .murmur2Random, .fnv1aRandom: nil
        }
    }

    @inline(__always)
    private func hash(ofPresent key: Span<UInt8>) -> UInt32? {
        switch self {
        case .random: nil
        case .consistentRandom where key.isEmpty: nil
        case .consistent, .consistentRandom: KeyHash.crc32(key)
        case .murmur2, .murmur2Random: Self.javaHash(key)
        case .fnv1a, .fnv1aRandom: Self.saramaHash(key)
        }
    }

    /// Java drops the sign.
    @inline(__always)
    private static func javaHash(_ key: Span<UInt8>) -> UInt32 { KeyHash.murmur2(key) & 0x7fff_ffff }

    /// Sarama divides with the sign and drops it from the remainder, which is the remainder of the magnitude, even of
    /// the one number whose magnitude has no sign bit to spare.
    @inline(__always)
    private static func saramaHash(_ key: Span<UInt8>) -> UInt32 {
        Int32(truncatingIfNeeded: KeyHash.fnv1a(key)).magnitude
    }
}
