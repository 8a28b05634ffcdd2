// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// Makes the records of one producer, one after the other; the same seed makes the same records.
struct RecordMaker {
    private let topic: Topic
    private let workload: Workload
    private let headers: [RecordHeader]
    private let keys: [KafkaBytes]
    private var random: SplitMix64
    /// Lent to the client, which copies it before the next one is made: one array for all.
    private var value: [UInt8] = []

    /// So many keys are made beforehand.
    private static let keyLimit = 100_000

    init(_ workload: Workload, topic: Topic, seed: UInt64) {
        self.workload = workload
        self.topic = topic
        random = SplitMix64(seed: seed)
        var random = SplitMix64(seed: seed ^ .max)
        headers = (0..<workload.headers.count).map { number in
            let value = (0..<workload.headers.bytes).map { _ in Self.letter(random.next()) }
            return RecordHeader("header-\(number)", KafkaBytes(value))
        }
        switch workload.keys {
        case .none: keys = []
        case .range(let count), .random(let count):
            keys = (0..<min(count, Self.keyLimit)).map { KafkaBytes(Array("\($0)".utf8)) }
        }
    }

    /// The record with this number.
    mutating func make(_ number: Int, metadata: SendTimes) -> ProducerMessage {
        switch workload.payload {
        case .random(let sizes, let compressibility): fill(size(of: sizes), compressibility)
        case .given(let values): value = values.isEmpty ? [] : values[random.below(values.count)]
        case .monotonic: value = Array("\(number)".utf8)
        }
        var metadata = metadata
        metadata.bytes = Int32(clamping: value.count)
        return ProducerMessage(
            topic: topic,
            key: key(number),
            value: KafkaBytes(value),
            headers: headers,
            metadata: metadata
        )
    }

    private mutating func key(_ number: Int) -> KafkaBytes? {
        let index: Int
        switch workload.keys {
        case .none: return nil
        case .range(let count): index = number % count
        case .random(let count): index = random.below(count)
        }
        return index < keys.count ? keys[index] : KafkaBytes(Array("\(index)".utf8))
    }

    private mutating func size(of sizes: Workload.Sizes) -> Int {
        switch sizes {
        case .fixed(let size): size
        case .range(let range): range.lowerBound + random.below(range.count)
        case .normal(let mean, let deviation):
            min(max(0, mean + Int((random.nextNormal() * Double(deviation)).rounded())), sizes.largest)
        }
    }

    private mutating func fill(_ size: Int, _ compressibility: Double?) {
        if value.count != size { value = [UInt8](repeating: UInt8(ascii: "x"), count: size) }
        // What compresses is a run of one byte behind the part that does not.
        let news = compressibility.map { Int((Double(size) * (1 - $0)).rounded()) } ?? size
        let isText = compressibility == nil
        var random = random
        defer { self.random = random }
        var bytes = value.mutableSpan
        var index = 0
        while index < news {
            var word = random.next()
            for _ in 0..<min(8, news - index) {
                bytes[index] = isText ? Self.letter(word) : UInt8(truncatingIfNeeded: word)
                word >>= 8
                index += 1
            }
        }
    }

    /// A to Z, from the lowest byte.
    private static func letter(_ word: UInt64) -> UInt8 { UInt8(((word & 0xFF) * 26) >> 8) + UInt8(ascii: "A") }
}
