// SPDX-License-Identifier: Apache-2.0

import Testing

/// The hashes of the partitioners, written down from their definitions and held against published vectors.
enum ReferenceHash {
    /// Java's `org.apache.kafka.common.utils.Utils.murmur2`.
    static func murmur2(_ bytes: [UInt8]) -> Int32 {
        let factor: UInt32 = 0x5bd1_e995
        var hash: UInt32 = 0x9747_b28c ^ UInt32(bytes.count)
        let blocks = bytes.count / 4
        for block in 0..<blocks {
            var word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * block + $1]) << UInt32(8 * $1) }
            word = word &* factor
            word ^= word >> 24
            word = word &* factor
            hash = hash &* factor ^ word
        }
        let rest = bytes[(4 * blocks)...]
        if !rest.isEmpty {
            for (index, byte) in rest.enumerated() { hash ^= UInt32(byte) << UInt32(8 * index) }
            hash = hash &* factor
        }
        hash ^= hash >> 13
        hash = hash &* factor
        hash ^= hash >> 15
        return Int32(bitPattern: hash)
    }

    /// FNV-1a of 32 bits, as Go's `hash/fnv` that Sarama uses.
    static func fnv1a(_ bytes: [UInt8]) -> UInt32 {
        bytes.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }

    /// CRC-32 of zlib.
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
        }
    }
}

/// The references themselves.
@Suite struct ReferenceHashTests {
    /// From Kafka's `UtilsTest.testMurmur2`.
    @Test(arguments: [
        ("21", Int32(-973_932_308)), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
    ])
    func murmur2(key: String, hash: Int32) { #expect(ReferenceHash.murmur2([UInt8](key.utf8)) == hash) }

    @Test func fnv1aAndCRC32() {
        #expect(ReferenceHash.fnv1a([UInt8]("foobar".utf8)) == 0xbf9c_f968)
        #expect(ReferenceHash.crc32([UInt8]("123456789".utf8)) == 0xcbf4_3926)
    }
}
