// SPDX-License-Identifier: Apache-2.0

/// The hashes by which Kafka's clients place keys.
enum KeyHash {
    /// CRC-32 as in zlib: librdkafka's own way.
    static func crc32(_ key: Span<UInt8>) -> UInt32 {
        var sum = UInt32.max
        var index = 0
        // Four bytes at a time: their four lookups do not wait for each other.
        while index &+ 4 <= key.count {
            sum ^= word(of: key, at: index)
            sum =
                crcTable[Int(sum >> 24)] ^ crcTable[256 + Int(sum >> 16 & 0xff)]
                ^ crcTable[512 + Int(sum >> 8 & 0xff)] ^ crcTable[768 + Int(sum & 0xff)]
            index &+= 4
        }
        while index < key.count {
            sum = sum >> 8 ^ crcTable[Int(UInt8(truncatingIfNeeded: sum) ^ key[index])]
            index &+= 1
        }
        return ~sum
    }

    /// What a byte adds to the sum, followed by what it adds with one, two and three bytes behind it.
    private static let crcTable: InlineArray<1_024, UInt32> = {
        var table = InlineArray<1_024, UInt32>(repeating: 0)
        for byte in 0..<256 {
            var sum = UInt32(byte)
            // The polynomial, lowest bit first.
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
            table[byte] = sum
        }
        for index in 256..<1_024 {
            let nearer = table[index - 256]
            table[index] = nearer >> 8 ^ table[Int(nearer & 0xff)]
        }
        return table
    }()

    /// MurmurHash2 with the seed of Kafka's Java client (`Utils.murmur2`).
    static func murmur2(_ key: Span<UInt8>) -> UInt32 {
        let factor: UInt32 = 0x5bd1_e995
        var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: key.count)
        var index = 0
        while index &+ 4 <= key.count {
            var word = word(of: key, at: index) &* factor
            word ^= word >> 24
            hash = hash &* factor ^ word &* factor
            index &+= 4
        }
        let rest = key.count &- index
        if rest > 0 {
            if rest > 2 { hash ^= UInt32(key[index &+ 2]) << 16 }
            if rest > 1 { hash ^= UInt32(key[index &+ 1]) << 8 }
            hash = (hash ^ UInt32(key[index])) &* factor
        }
        hash ^= hash >> 13
        hash = hash &* factor
        return hash ^ hash >> 15
    }

    /// FNV-1a of 32 bits.
    static func fnv1a(_ key: Span<UInt8>) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for index in key.indices { hash = (hash ^ UInt32(key[index])) &* 0x0100_0193 }
        return hash
    }

    /// Four bytes, the first one lowest. The last is read first: its bounds check covers the others.
    @inline(__always) private static func word(of key: Span<UInt8>, at index: Int) -> UInt32 {
        let last = UInt32(key[index &+ 3]) << 24
        return last | UInt32(key[index &+ 2]) << 16 | UInt32(key[index &+ 1]) << 8 | UInt32(key[index])
    }
}
