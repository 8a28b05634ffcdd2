// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite struct SendingTests {
    @Test func everyMessageOfManyTasksHasOneOutcome() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            async let successes = countSuccesses(producer)
            async let errors = collectErrors(producer)
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in 0..<50_000 {
                            let message = ProducerMessage(topic: "t", value: "\(task) \(number)")
                            await #expect(throws: Never.self) { try await producer.input.send(message) }
                        }
                    }
                }
            }
            producer.asyncClose()
            #expect(await successes == 400_000)
            #expect(await errors.isEmpty)
            try await producer.close()
            expectSettled(producer, accepted: 400_000)
        }
    }

    @Test func aMessageArrivesFieldForField() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster)
            let message = ProducerMessage(
                topic: "t",
                partition: 2,
                key: "key",
                value: [0, 1, 255] as [UInt8],
                headers: [
                    RecordHeader("a", "1"), RecordHeader("b", nil), RecordHeader("a", ""), RecordHeader("", "no name"),
                ],
                timestamp: Timestamp(millisecondsSinceEpoch: 1_700_000_000_123),
                metadata: 42
            )
            try await producer.input.send(message)
            var iterator = producer.successes.makeAsyncIterator()
            let delivered = try #require(await iterator.next())
            #expect(delivered.topic == "t")
            #expect(delivered.partition == 2)
            #expect(delivered.offset == 0)
            #expect(delivered.key == Array("key".utf8))
            #expect(delivered.value == [0, 1, 255])
            #expect(delivered.headers == message.headers)
            #expect(delivered.metadata as? Int == 42)
            #expect(delivered.brokerID == 1)
            #expect(try #require(delivered.latency) > .zero)
            #expect(delivered.withValueBytes { $0?.count } == 3)
            try await producer.close()
            expectSettled(producer, accepted: 1)

            let record = try #require(try await cluster.records(in: "t").first)
            #expect(record.partition == 2)
            #expect(record.key == Array("key".utf8))
            #expect(record.value == [0, 1, 255])
            #expect(record.headers == message.headers)
        }
    }

    /// Every combination of nil, empty and some bytes from every source.
    @Test func emptyStaysEmptyAndNilStaysNil() async throws {
        let sources: [(KafkaBytes?, [UInt8]?)] = [
            (nil, nil), (KafkaBytes([] as [UInt8]), []), (KafkaBytes(""), []), (KafkaBytes([1, 2, 3][1..<1]), []),
            (KafkaBytes([7] as [UInt8]), [7]), (KafkaBytes("ä"), [195, 164]),
            (KafkaBytes([1, 2, 3][1...]), [2, 3]),
            (KafkaBytes("a string of more than fifteen bytes"), Array("a string of more than fifteen bytes".utf8)),
        ]
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            var expected: [[[UInt8]?]] = []
            for (key, keyBytes) in sources {
                for (value, valueBytes) in sources {
                    // With and without headers are two routes through librdkafka.
                    try await producer.input.send(ProducerMessage(topic: "t", key: key, value: value))
                    let header = RecordHeader("h", value)
                    try await producer.input.send(
                        ProducerMessage(topic: "t", key: key, value: value, headers: [header])
                    )
                    expected += [[keyBytes, valueBytes], [keyBytes, valueBytes]]
                }
            }
            try await producer.close()
            let records = try await cluster.records(in: "t")
            #expect(records.map { [$0.key, $0.value] } == expected)
            #expect(records.filter { !$0.headers.isEmpty }.allSatisfy { $0.headers[0].value?.array == $0.value })
            expectSettled(producer, accepted: expected.count)
        }
    }

    @Test func borrowedBytesArrive() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let topic = try producer.topic("t")
            let buffer: [UInt8] = Array("abcdef".utf8)
            for length in 0...6 {
                try await producer.input.send(
                    to: topic,
                    key: buffer.span.extracting(first: 1),
                    value: buffer.span.extracting(first: length)
                )
            }
            try await producer.input.send(to: topic, value: nil)
            try await producer.close()
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.valueText) == ["", "a", "ab", "abc", "abcd", "abcde", "abcdef", nil])
            #expect(records.map(\.keyText) == Array(repeating: "a", count: 7) + [nil])
            expectSettled(producer, accepted: 8)
        }
    }

    @Test func contentsAreSentInOrderAndABadOneStopsThem() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            try await producer.input.send(contentsOf: (0..<1_000).map { ProducerMessage(topic: "t", value: "\($0)") })
            var messages = (1_000..<1_300).map { ProducerMessage(topic: "t", value: "\($0)") }
            messages[250].partition = -5
            let error = await #expect(throws: AsyncProducer.PartialSendError.self) {
                try await producer.input.send(contentsOf: messages)
            }
            #expect(error?.acceptedCount == 250)
            #expect(error?.cause.code == .invalidMessage)
            try await producer.close()
            #expect(try await cluster.records(in: "t").map(\.valueText) == (0..<1_250).map { "\($0)" })
            expectSettled(producer, accepted: 1_250)
        }
    }

    @Test func aBatchKeepsNilAndEmptyApartAndAccountsForWhatIsRefused() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.delivery.maximumMessageBytes = 2_000 }
            let values: [KafkaBytes?] = [
                nil, KafkaBytes(""), KafkaBytes("a"), KafkaBytes([UInt8](repeating: 7, count: 3_000)),
            ]
            let messages = (0..<400).map { ProducerMessage(topic: "t", key: values[$0 / 4 % 3], value: values[$0 % 4]) }
            // Lazily, so that it goes by chunks.
            try await producer.input.send(contentsOf: messages.lazy.map { $0 })
            let errors = try await undelivered(by: producer, deadline: .seconds(10))
            #expect(errors.errors.count == 100)
            #expect(errors.errors.allSatisfy { $0.error.code == .messageTooLarge && $0.message.value == values[3] })
            let expected = messages.filter { $0.value != values[3] }
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.key) == expected.map { $0.key?.array })
            #expect(records.map(\.value) == expected.map { $0.value?.array })
            expectSettled(producer, accepted: 400)
        }
    }

    @Test func deliverReturnsThePlaceAndAppearsInNoStream() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            async let read = countSuccesses(producer)
            let offsets = try await withThrowingTaskGroup(of: Int64?.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        try await producer.deliver(ProducerMessage(topic: "t", value: "\(number)", metadata: number))
                            .offset
                    }
                    try await producer.input.send(ProducerMessage(topic: "t", value: "stream"))
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(offsets.compactMap { $0 }).count == 1_000)
            producer.asyncClose()
            #expect(await read == 1_000)
            expectSettled(producer, accepted: 2_000)
        }
    }

    @Test func manyTopicsByNameAndByHandle() async throws {
        let names = (0..<20).map { "topic-\($0)" }
        try await withMockCluster(brokers: 1, topics: Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })) {
            cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumTopics = 20 }
            let handles = try names.map { try producer.topic($0) }
            for round in 0..<10 {
                for (name, handle) in zip(names, handles) {
                    try await producer.input.send(
                        ProducerMessage(topic: round.isMultiple(of: 2) ? handle : Topic(name), value: name)
                    )
                }
            }
            await #expect { try await producer.input.send(ProducerMessage(topic: "one-too-many", value: "")) } throws: {
                ($0 as? KafkaError)?.code == .tooManyTopics
            }
            try await producer.close()
            for name in names {
                #expect(try await cluster.records(in: name).map(\.valueText) == Array(repeating: name, count: 10))
            }
            expectSettled(producer, accepted: 200)
        }
    }

    /// A topic that is known must not take what was meant for a name that is none.
    @Test func anEmptyTopicNameIsRefusedAlsoWhenATopicIsKnown() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let topic = try producer.topic("t")
            try await producer.input.send(ProducerMessage(topic: topic, value: "x"))
            await #expect { try await producer.input.send(ProducerMessage(topic: "", value: "nowhere")) } throws: {
                ($0 as? KafkaError)?.code == .invalidTopic
            }
            try await producer.close()
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["x"])
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func aNameThatOnlyLooksLikeATopicIsRefused() async throws {
        try await withMockCluster(brokers: 1, topics: ["K": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            try await producer.input.send(ProducerMessage(topic: "K", value: "x"))
            // The sign for Kelvin, which Unicode holds equal to K.
            let sign = ProducerMessage(topic: "\u{212A}", value: "elsewhere")
            await #expect { try await producer.input.send(sign) } throws: {
                ($0 as? KafkaError)?.code == .invalidTopic
            }
            await #expect {
                try await producer.input.send(contentsOf: [ProducerMessage(topic: "K", value: "y"), sign])
            } throws: {
                let error = $0 as? AsyncProducer.PartialSendError
                return error?.acceptedCount == 1 && error?.cause.code == .invalidTopic
            }
            try await producer.close()
            #expect(try await cluster.records(in: "K").map(\.valueText) == ["x", "y"])
            expectSettled(producer, accepted: 2)
        }
    }
}
