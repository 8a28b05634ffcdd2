// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import ProcessSupport
import RDKafka
import Testing

@testable import KafkaAsyncProducer

@Suite struct FailureTests {
    private func message(partition: Int32?) -> ProducerMessage {
        ProducerMessage(
            topic: "t",
            partition: partition,
            key: "",
            value: "value",
            headers: [RecordHeader("a", "1"), RecordHeader("a", nil), RecordHeader("b", "")],
            timestamp: Timestamp(millisecondsSinceEpoch: 1_234_567),
            metadata: "mine"
        )
    }

    private func expectWhole(_ error: ProducerError, _ message: ProducerMessage) {
        #expect(error.message.topic == message.topic)
        #expect(error.message.partition == message.partition)
        #expect(error.message.key == message.key)
        #expect(error.message.value == message.value)
        #expect(error.message.headers == message.headers)
        #expect(error.message.timestamp == message.timestamp)
        #expect(error.message.metadata as? String == message.metadata as? String)
    }

    /// Before librdkafka knows the partitions it accepts any and reports later; after, it refuses at once.
    @Test func anUnknownPartitionLooksTheSameByBothRoutes() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let producer = try await makeProducer(cluster)
            for _ in 0..<2 {
                try await producer.input.send(message(partition: 9))
                var iterator = producer.errors.makeAsyncIterator()
                let error = try #require(await iterator.next())
                expectWhole(error, message(partition: 9))
                #expect(error.error.code == .unknownPartition)
                #expect(error.persistence == .notPersisted)
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "now the partitions are known"))
            }
            try await producer.close()
            expectSettled(producer, accepted: 4)
        }
    }

    @Test func aRefusalByTheBrokerGivesTheWholeMessageBack() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let producer = try await makeProducer(cluster)
            for partition in [nil, 1] as [Int32?] {
                try await cluster.failNext(.produce, with: .policyViolation, count: 1)
                try await producer.input.send(message(partition: partition))
                var iterator = producer.errors.makeAsyncIterator()
                let error = try #require(await iterator.next())
                expectWhole(error, message(partition: partition))
                #expect(error.error.code == .policyViolation)
                #expect(!error.error.isRetriable)
                #expect(error.partition != nil)
            }
            await #expect {
                try await cluster.failNext(.produce, with: .policyViolation, count: 1)
                _ = try await producer.deliver(message(partition: nil))
            } throws: { thrown in
                guard let error = thrown as? ProducerError else { return false }
                expectWhole(error, message(partition: nil))
                return error.error.code == .policyViolation
            }
            try await producer.close()
            expectSettled(producer, accepted: 3)
        }
    }

    /// What one leader has answered before may have been written all the same: it says so as well when it is one no more.
    @Test(arguments: [false, true]) func aRefusalByTheNextLeaderIsNotCertain(isMoved: Bool) async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 1]) { cluster in
            try await cluster.moveLeader(topic: "t", partition: 0, to: 1)
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.failNext(.produce, with: [.policyViolation], on: isMoved ? 2 : 1)
            if isMoved { try await cluster.moveLeader(topic: "t", partition: 0, to: 2) }
            let error = await #expect(throws: ProducerError.self) {
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "x"))
            }
            #expect(error?.error.code == .policyViolation)
            #expect(error?.persistence == (isMoved ? .possiblyPersisted : .notPersisted))
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func aTooLargeMessageIsAnOutcomeOrRefused() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumBytes = 2_000_000 }
            // Over librdkafka's limit: accepted, and its outcome is known at once.
            try await producer.input.send(ProducerMessage(topic: "t", value: [UInt8](repeating: 0, count: 1_500_000)))
            // Over the budget: it could never be accepted.
            await #expect {
                try await producer.input.send(
                    ProducerMessage(topic: "t", value: [UInt8](repeating: 0, count: 2_500_000))
                )
            } throws: {
                ($0 as? KafkaError)?.code == .messageTooLarge
            }
            let errors = try await undelivered(by: producer, deadline: .seconds(10))
            #expect(errors.errors.map(\.error.code) == [.messageTooLarge])
            #expect(errors.errors[0].message.value?.count == 1_500_000)
            expectSettled(producer, accepted: 1)
        }
    }

    @Test(arguments: ["", ".", "..", "a b", "a/b", "ä", "nul\0", String(repeating: "x", count: 250)])
    func aTopicNameThatKafkaRefusesIsRefused(name: String) async throws {
        try await withMockCluster(brokers: 1) { cluster in
            let producer = try await makeProducer(cluster)
            await #expect {
                try await producer.input.send(ProducerMessage(topic: Topic(name), value: "x"))
            } throws: {
                ($0 as? KafkaError)?.code == .invalidTopic
            }
            await #expect {
                _ = try await producer.deliver(ProducerMessage(topic: Topic(name), value: "x"))
            } throws: {
                ($0 as? ProducerError)?.error.code == .invalidTopic
            }
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }

    @Test func messagesThatKafkaCannotStoreAreRefused() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let bad = [
                ProducerMessage(topic: "t", partition: -1, value: "x"),
                ProducerMessage(topic: "t", value: "x", timestamp: Timestamp(millisecondsSinceEpoch: 0)),
                ProducerMessage(topic: "t", value: "x", timestamp: Timestamp(millisecondsSinceEpoch: -1)),
                ProducerMessage(topic: "t", value: "x", headers: [RecordHeader("nul\0", "x")]),
            ]
            for message in bad {
                await #expect {
                    try await producer.input.send(message)
                } throws: {
                    ($0 as? KafkaError)?.code == .invalidMessage
                }
            }
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }

    @Test func anUnknownTopicFailsEveryMessage() async throws {
        try await withMockCluster(brokers: 1) { cluster in
            try await cluster.failTopic("missing", with: .unknownTopicOrPartition)
            let producer = try await makeProducer(cluster) {
                $0.librdkafka["topic.metadata.propagation.max.ms"] = "100"
                $0.delivery.timeout = .seconds(5)
            }
            for _ in 0..<10 { try await producer.input.send(ProducerMessage(topic: "missing", value: "x")) }
            let errors = try await undelivered(by: producer, deadline: .seconds(20))
            #expect(errors.errors.count == 10)
            #expect(errors.errors.allSatisfy { $0.message.topic.name == "missing" && $0.persistence == .notPersisted })
            expectSettled(producer, accepted: 10)
        }
    }

    @Test(arguments: ["127.0.0.1:1", "no-such-host.invalid:9092"])
    func anUnreachableBrokerFailsMessagesAndTellsTheLog(server: String) async throws {
        let (lines, log) = AsyncStream.makeStream(of: LogEntry.self)
        var configuration = AsyncProducer.Configuration(bootstrapServers: [server])
        configuration.logHandler = { log.yield($0) }
        let producer = try await AsyncProducer(configuration)
        for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
        let entry = await lines.first { $0.error != nil }
        #expect(entry?.message.contains(server) == true)
        let errors = try await undelivered(by: producer, deadline: .milliseconds(100))
        #expect(errors.errors.count == 100)
        expectSettled(producer, accepted: 100)
    }

    @Test func aWebServerInsteadOfABrokerIsNamed() async throws {
        let listener = http_server_start()
        let port = http_server_port(listener)
        defer { http_server_stop(listener) }
        let (lines, log) = AsyncStream.makeStream(of: LogEntry.self)
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:\(port)"])
        configuration.logHandler = { log.yield($0) }
        let producer = try await AsyncProducer(configuration)
        try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
        let entry = await lines.first { $0.message.contains("not Kafka") }
        #expect(entry?.message.contains("127.0.0.1:\(port)") == true)
        #expect(try await undelivered(by: producer, deadline: .milliseconds(100)).errors.count == 1)
        expectSettled(producer, accepted: 1)
    }

    @Test func aFatalErrorRefusesSendersAndAccountsForTheRest() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = 100 }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            let waiting = Task {
                await Result { try await producer.input.send(ProducerMessage(topic: "t", value: "waits")) }
            }
            try await eventually("a sender waits") { producer.statistics.waitingSenders == 1 }
            let client = try #require(producer.core.metadata.client)
            client.raiseFatalError(
                ResponseCode(rawValue: KafkaError.Code.outOfOrderSequenceNumber.rawValue),
                reason: "test"
            )
            try await eventually("the fatal error is known") { producer.fatalError != nil }
            #expect(producer.fatalError?.code == .outOfOrderSequenceNumber)
            #expect(producer.fatalError?.isFatal == true)
            await #expect {
                try await producer.input.send(ProducerMessage(topic: "t", value: "late"))
            } throws: {
                ($0 as? KafkaError)?.isFatal == true
            }
            // The waiting one was refused, or admitted when the purge gave room and then failed: never lost.
            let waited = await waiting.value
            let errors = try await undelivered(by: producer, deadline: .seconds(10))
            var accepted = 100
            if case .success = waited { accepted += 1 }
            #expect(errors.errors.count == accepted)
            expectSettled(producer, accepted: accepted + 1)
        }
    }

    @Test func errorsBeyondTheBoundAreDroppedAndCountedByCause() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.maximumErrors = 10 }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            for number in 0..<50 {
                try await producer.input.send(ProducerMessage(topic: "t", partition: 7, value: "\(number)"))
            }
            #expect(producer.statistics.unreadErrors == 10)
            #expect(producer.statistics.droppedErrors == [.unknownPartition: 40])
            #expect(producer.statistics.failedByCause == [.unknownPartition: 50])
            let errors = try await undelivered(by: producer, deadline: .seconds(10))
            #expect(errors.errors.map(\.message.value) == (40..<50).map { KafkaBytes("\($0)") })
            #expect(
                errors.description
                    == "50 messages were not delivered: 50 × _UNKNOWN_PARTITION; the oldest 40 were dropped unread"
            )
            expectSettled(producer, accepted: 51)
        }
    }

    /// What a sender attached is a sender's object: its end may call the producer.
    @Test func whatWasAttachedToADroppedErrorIsFreedOutsideTheLock() async throws {
        final class Attached: Sendable {
            let end: @Sendable () -> Void
            init(_ end: @escaping @Sendable () -> Void) { self.end = end }
            deinit { end() }
        }
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.maximumErrors = 1 }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            let (counts, count) = AsyncStream.makeStream(of: Int.self)
            for _ in 0..<2 {
                // The result of the close keeps one: it must not keep the producer.
                let attached = Attached { [weak producer] in count.yield(producer?.statistics.failed ?? 2) }
                try await producer.input.send(
                    ProducerMessage(topic: "t", partition: 7, value: "x", metadata: attached)
                )
            }
            #expect(await counts.first { _ in true } == 2)
            #expect(try await undelivered(by: producer, deadline: .seconds(10)).errors.count == 1)
            expectSettled(producer, accepted: 3)
        }
    }
}
