// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

/// Known values, written down by others.
@Suite struct KeyHashTests {
    /// The check value of the catalogues of CRCs, and zlib's results.
    @Test(
        arguments: [
            ("123456789", 0xcbf4_3926), ("", 0), ("a", 0xe8b7_be43), ("abc", 0x3524_41c2), ("kafka", 0x5bbc_7517),
            ("message digest", 0x2015_9d7f), ("The quick brown fox jumps over the lazy dog", 0x414f_a339),
            ("Ünïcödé 🦊", 0xa7b6_2bc9),
        ] as [(String, UInt32)]
    )
    func crc32(key: String, hash: UInt32) {
        let found = KeyHash.crc32(key.utf8.span)
        #expect(found == hash)
    }

    /// From Kafka's `UtilsTest.testMurmur2`, and from librdkafka's tests, which took them from Java.
    @Test(
        arguments: [
            ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
            ("a-little-bit-longer-string", -1_486_304_829),
            ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
            ("", 0x106e_08d9), ("kafka", -0x2f98_309c),
        ] as [(String, Int32)]
    )
    func murmur2(key: String, hash: Int32) {
        let found = KeyHash.murmur2(key.utf8.span)
        #expect(found == UInt32(bitPattern: hash))
    }

    /// From the page of the hash's authors; the last ones are met by search, and have no absolute value in 32 bits.
    @Test(
        arguments: [
            ("", 0x811c_9dc5), ("a", 0xe40c_292c), ("foobar", 0xbf9c_f968), ("afjtjzd", 0x8000_0000),
            ("a01sk58", 0x8000_0000),
        ] as [(String, UInt32)]
    )
    func fnv1a(key: String, hash: UInt32) {
        let found = KeyHash.fnv1a(key.utf8.span)
        #expect(found == hash)
    }
}
