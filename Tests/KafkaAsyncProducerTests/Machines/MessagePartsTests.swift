// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

/// What a message has beside bytes lies in a word, in its chunk or in an object: nobody can tell which.
@Suite struct MessagePartsTests {
    private static let times = [nil, 1, 1_700_000_000_123, (1 << 48) - 1, 1 << 48, Int64.max, 0, -5].map { time in
        time.map { Timestamp(millisecondsSinceEpoch: $0) }
    }

    private static let metadata: [(any Sendable & Equatable)?] = [
        nil, 0, 1, -1, (1 << 47) - 1, 1 << 47, -(1 << 47), -(1 << 47) - 1, Int.max, Int.min,
        UInt64(0), UInt64(1 << 48) - 1, UInt64(1 << 48), UInt64.max, Int64(3), UInt(4), UInt8(5), 6.5, true, "text",
    ]

    private static let headers: [[RecordHeader]] = [
        [],
        [RecordHeader("a", "1")],
        [
            RecordHeader("", nil), RecordHeader("naïve ✓ name of more than fifteen bytes", [0, 255][...]),
            RecordHeader("a", ""), RecordHeader("a", "twice"),
        ],
    ]

    private func isSame(_ left: (any Sendable)?, _ right: (any Sendable & Equatable)?) -> Bool {
        guard let right else { return left == nil }
        func compare<Value: Equatable>(_ right: Value) -> Bool {
            guard let left = left as? Value else { return false }
            return left == right && type(of: left) == Value.self
        }
        return compare(right)
    }

    @Test func eachPartIsItselfBesideAllOthers() {
        for time in Self.times {
            for metadata in Self.metadata {
                for headers in Self.headers {
                    let made = ProducerMessage(
                        topic: "t",
                        value: "v",
                        headers: headers,
                        timestamp: time,
                        metadata: metadata
                    )
                    var set = ProducerMessage(topic: "t", value: "v", timestamp: Timestamp.now, metadata: "other")
                    set.metadata = metadata
                    set.headers = headers
                    set.timestamp = time
                    for message in [made, set] {
                        #expect(message.timestamp == time)
                        #expect(isSame(message.metadata, metadata), "\(metadata as Any) at \(time as Any)")
                        #expect(message.headers == headers)
                    }
                }
            }
        }
    }

    @Test func eachPartComesBackOutOfAChunk() {
        for time in Self.times.filter({ ($0?.millisecondsSinceEpoch ?? 1) > 0 }) {
            for metadata in Self.metadata {
                let messages = Self.headers.map {
                    ProducerMessage(topic: "t", key: "k", value: "v", headers: $0, timestamp: time, metadata: metadata)
                }
                let batch = SuccessBatch(messages, in: "t", at: Delivery(partition: 0, offset: 7))
                for (message, headers) in zip(batch, Self.headers) {
                    for message in [message, message.copied()] {
                        #expect(message.headers == headers)
                        #expect(isSame(message.metadata, metadata), "\(metadata as Any) at \(time as Any)")
                        #expect(message.timestamp == time || time == nil)
                        #expect(message.key == Array("k".utf8) && message.value == Array("v".utf8))
                    }
                }
            }
        }
    }
}
