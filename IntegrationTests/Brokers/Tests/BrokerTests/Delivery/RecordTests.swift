// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// What a record is made of arrives as it was sent.
@Suite(.timeLimit(.minutes(2)), .serialized, .needsBroker, .brokerLogs)
struct RecordTests {
    @Test func everyPartOfARecordArrives() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, partitions: 3) { topic in
            let producer = try await makeProducer(servers)
            let target = try producer.topic(topic)
            let headers = [
                RecordHeader("trace", "a b=c"), RecordHeader("trace", "again"), RecordHeader("", "no name"),
                RecordHeader("empty", ""), RecordHeader("null", KafkaBytes?.none), RecordHeader("ü", "é🦊"),
            ]
            let parts: [KafkaBytes?] = [nil, KafkaBytes(""), KafkaBytes("täxt 🦊 \"quoted\"\n\t")]
            var messages: [ProducerMessage] = []
            for key in parts {
                for value in parts {
                    for headers in [[], headers] {
                        for timestamp in [nil, Timestamp(millisecondsSinceEpoch: 1_234_567_890_123)] {
                            let partition = Int32(messages.count % 3)
                            messages.append(
                                ProducerMessage(
                                    topic: target,
                                    partition: partition,
                                    key: key,
                                    value: value,
                                    headers: headers,
                                    timestamp: timestamp
                                )
                            )
                        }
                    }
                }
            }
            let start = Date.now.timeIntervalSince1970 * 1_000
            var deliveries: [Delivery] = []
            for message in messages { deliveries.append(try await producer.deliver(message)) }
            let end = Date.now.timeIntervalSince1970 * 1_000
            try await producer.close()
            expectSettled(producer, accepted: messages.count)

            let records = try await LogRecord.all(of: topic, on: servers)
            #expect(records.count == messages.count)
            for (message, delivery) in zip(messages, deliveries) {
                let record = try #require(
                    records.first { $0.partition == delivery.partition && $0.offset == delivery.offset }
                )
                #expect(record.partition == message.partition)
                #expect(record.key == message.key?.string)
                #expect(record.payload == message.value?.string)
                let wanted = message.headers.flatMap { [$0.name, $0.value?.string] }
                #expect((record.headers ?? []) == wanted)
                #expect(record.tstype == "create")
                #expect(record.ts == delivery.timestamp?.millisecondsSinceEpoch)
                if let timestamp = message.timestamp {
                    #expect(record.ts == timestamp.millisecondsSinceEpoch)
                } else {
                    #expect((start - 1...end + 1).contains(Double(record.ts)))
                }
                #expect(delivery.latency != nil && delivery.brokerID != nil)
            }
        }
    }

    /// Every byte there is, in key and value, and sizes around the steps of Kafka's variable-length integers.
    @Test func everyByteArrives() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers) { topic in
            let bytes = [UInt8](0...255)
            let values = [0, 1, 63, 64, 8_191, 8_192, 900_000].map { size in
                (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            }
            let producer = try await makeProducer(servers)
            let target = try producer.topic(topic)
            for value in values {
                try await producer.input.send(ProducerMessage(topic: target, key: bytes, value: value))
            }
            try await producer.input.send(to: target, key: bytes.span, value: bytes.span)
            try await producer.close()
            expectSettled(producer, accepted: values.count + 1)

            var rest = try await LogRecord.consume(["-f", "%K %S %k%s"], topic, servers).output
            func number() throws -> Int {
                let end = try #require(rest.firstIndex(of: UInt8(ascii: " ")))
                defer { rest = rest[(end + 1)...] }
                return try #require(Int(String(decoding: rest[..<end], as: UTF8.self)))
            }
            for value in values + [bytes] {
                let (keySize, size) = (try number(), try number())
                #expect([UInt8](rest.prefix(keySize)) == bytes)
                #expect([UInt8](rest.dropFirst(keySize).prefix(size)) == value)
                rest = rest.dropFirst(keySize + size)
            }
            #expect(rest.isEmpty)
        }
    }

    /// The time is the broker's where the topic says so, and the outcome tells which.
    @Test func theBrokersTimeIsReported() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, settings: ["message.timestamp.type": "LogAppendTime"]) { topic in
            let producer = try await makeProducer(servers)
            let old = Timestamp(millisecondsSinceEpoch: 1_000)
            let delivery = try await producer.deliver(
                ProducerMessage(topic: try producer.topic(topic), value: "v", timestamp: old)
            )
            try await producer.close()
            let record = try #require(try await LogRecord.all(of: topic, on: servers).first)
            #expect(record.tstype == "logappend")
            #expect(record.ts == delivery.timestamp?.millisecondsSinceEpoch)
            #expect(record.ts > 1_000)
        }
    }
}
