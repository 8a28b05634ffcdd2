// SPDX-License-Identifier: Apache-2.0

/// Which partition a key chooses, as librdkafka's partitioners compute it: for looking ahead without a broker that takes
/// the record.
enum Partitioner: String, CaseIterable, Sendable {
    case random, consistent, murmur2, fnv1a
    case consistentRandom = "consistent_random"
    case murmur2Random = "murmur2_random"
    case fnv1aRandom = "fnv1a_random"

    /// Nil when it is left to chance.
    func partition(of key: [UInt8]?, among count: Int) -> Int32? {
        guard count > 0 else { return nil }
        let hash: UInt32? =
            switch self {
            case .random: nil
            case .consistent: Self.crc32(key ?? [])
            case .consistentRandom: (key ?? []).isEmpty ? nil : key.map { Self.crc32($0) }
            case .murmur2: Self.murmur2(key ?? [])
            case .murmur2Random: key.map { Self.murmur2($0) }
            case .fnv1a: Self.fnv1a(key ?? [])
            case .fnv1aRandom: key.map { Self.fnv1a($0) }
            }
        return hash.map { Int32(truncatingIfNeeded: $0 % UInt32(truncatingIfNeeded: count)) }
    }

    /// As zlib has it.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = .max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return ~crc
    }

    /// As Java's client has it, without the sign.
    private static func murmur2(_ bytes: [UInt8]) -> UInt32 {
        let factor: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: bytes.count)
        var rest = bytes[...]
        while rest.count >= 4 {
            var word = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            word &*= factor
            word ^= word >> 24
            word &*= factor
            hash = hash &* factor ^ word
            rest = rest.dropFirst(4)
        }
        if !rest.isEmpty {
            hash ^= rest.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            hash &*= factor
        }
        hash ^= hash >> 13
        hash &*= factor
        hash ^= hash >> 15
        return hash & 0x7fff_ffff
    }

    /// As Sarama has it: the absolute value.
    private static func fnv1a(_ bytes: [UInt8]) -> UInt32 {
        let hash = bytes.reduce(UInt32(0x811c_9dc5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return Int32(bitPattern: hash).magnitude
    }
}

/// The partitions that there are, to tell where records would go.
struct Partitioning: Sendable {
    /// How many each topic has.
    let counts: [String: Int]
    let partitioner: Partitioner
    /// That of the run.
    let topic: String?
}
