// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// Transactions as readers see them, with kcat as the reader.
@Suite(.timeLimit(.minutes(5)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct TransactionBrokerTests {
    @Test func readersSeeACommitWholeAndAnAbortNever() async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic()
        let producer = try await makeTransactionalProducer(current.servers, id: makeTransactionalID())
        func send(_ count: Int, _ text: String, _ transaction: Transaction) async throws {
            for number in 0..<count {
                try await transaction.send(
                    ProducerMessage(topic: Topic(topic), key: "\(number)", value: KafkaBytes("\(text)-\(number)"))
                )
            }
        }
        try await producer.withTransaction { try await send(100, "first", $0) }
        await #expect(throws: BodyError()) {
            try await producer.withTransaction { transaction in
                try await send(100, "aborted", transaction)
                try await producer.flush()
                throw BodyError()
            }
        }
        try await producer.withTransaction { transaction in
            try await send(100, "second", transaction)
            try await producer.flush()
            // It is open: everything is in the log, and nothing of it is seen.
            let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: 100)
            #expect(seen.count == 100)
            let stored = try await LogRecord.values(of: topic, on: current.servers, committed: false)
            #expect(stored.count == 300)
        }
        try await producer.close()
        expectSettled(producer, accepted: 300)
        let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: 200)
        #expect(Set(seen) == Set((0..<100).flatMap { ["first-\($0)", "second-\($0)"] }))
        #expect(seen.count == 200)
        let stored = try await LogRecord.values(of: topic, on: current.servers, committed: false)
        #expect(stored.count == 300)
    }

    @Test func aSecondProducerFencesTheFirst() async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic(partitions: 1)
        let id = makeTransactionalID()
        let first = try await makeTransactionalProducer(current.servers, id: id)
        let second = try await makeTransactionalProducer(current.servers, id: id)
        let error = try await transactionError {
            try await first.withTransaction { transaction in
                _ = try await transaction.deliver(ProducerMessage(topic: Topic(topic), value: "first"))
                try await second.withTransaction { transaction in
                    _ = try await transaction.deliver(ProducerMessage(topic: Topic(topic), value: "second"))
                }
            }
        }
        #expect(error.outcome == .aborted)
        #expect(error.cause.code == .fenced)
        #expect(error.cause.isFatal)
        #expect(error.cause.message.contains("another producer with the transactional id \"\(id)\" has begun"))
        #expect(!error.cause.message.contains("time-out"))
        // It stays so, and the other goes on.
        let next = try await transactionError { try await first.withTransaction { _ in } }
        #expect(next.outcome == .notBegun)
        #expect(next.cause.isFatal)
        try await second.withTransaction { try await $0.send(ProducerMessage(topic: Topic(topic), value: "third")) }
        try await closeAndExpectSettled(first)
        try await closeAndExpectSettled(second)
        let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: 2)
        #expect(seen == ["second", "third"])
    }

    /// What an earlier run has left open is aborted by the first transaction of the next, and the earlier one, back again,
    /// is refused: the test of a zombie.
    @Test func aProducerThatWasCutOffLeavesNothingBehindAndIsRefused() async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic(partitions: 1)
        let id = makeTransactionalID()
        func message(_ text: String) -> ProducerMessage {
            ProducerMessage(topic: Topic(topic), value: KafkaBytes(text))
        }
        let zombie = try await makeTransactionalProducer(current.proxiedServers, id: id)
        let next = try await makeTransactionalProducer(current.servers, id: id)
        let error = try await transactionError {
            try await zombie.withTransaction { transaction in
                _ = try await transaction.deliver(message("left open"))
                for proxy in current.proxies {
                    proxy.behave { $0.refuses = true }
                    proxy.cut(isReset: true)
                }
                try await next.withTransaction { try await $0.send(message("next")) }
                // Not after the time-out of a minute, but now.
                let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: 1)
                #expect(seen == ["next"])
                for proxy in current.proxies { proxy.behave { $0.refuses = false } }
            }
        }
        #expect(error.outcome == .aborted)
        #expect(error.cause.isFatal, "\(error)")
        try await closeAndExpectSettled(zombie)
        try await next.withTransaction { try await $0.send(message("last")) }
        try await closeAndExpectSettled(next)
        let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: 2)
        #expect(seen == ["next", "last"])
    }

    @Test func offsetsOfAGroupAreCommittedWithItOrNotAtAll() async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic(partitions: 1)
        let group = ConsumerGroupMetadata(groupID: makeTransactionalID())
        let producer = try await makeTransactionalProducer(current.servers, id: makeTransactionalID())
        func offset(_ value: Int64) -> [ConsumedOffset] {
            [ConsumedOffset(topic: topic, partition: 0, offset: value, metadata: "m")]
        }
        try await producer.withTransaction { transaction in
            for _ in 0..<10 { try await transaction.send(ProducerMessage(topic: Topic(topic), value: "x")) }
            try await transaction.sendOffsets(offset(7), group: group)
        }
        #expect(try await committedOffset(of: group.groupID, topic, current) == 7)
        await #expect(throws: BodyError()) {
            try await producer.withTransaction { transaction in
                try await transaction.sendOffsets(offset(9), group: group)
                throw BodyError()
            }
        }
        #expect(try await committedOffset(of: group.groupID, topic, current) == 7)
        // A member that the group does not have.
        let stranger = ConsumerGroupMetadata(groupID: group.groupID, generationID: 5, memberID: "nobody")
        let error = try await transactionError {
            try await producer.withTransaction { transaction in
                _ = try await transaction.deliver(ProducerMessage(topic: Topic(topic), value: "x"))
                do {
                    try await transaction.sendOffsets(offset(9), group: stranger)
                    Issue.record("offsets of a stranger were taken")
                } catch let error as KafkaError {
                    #expect(error.requiresAbort)
                }
            }
        }
        #expect(error.outcome == .aborted)
        #expect([KafkaError.Code.unknownMemberID, .illegalGeneration].contains(error.cause.code), "\(error)")
        #expect(error.cause.message.contains("\"\(group.groupID)\""), "\(error)")
        // A group that there is not at all, of which somebody calls himself a member.
        let unknown = ConsumerGroupMetadata(groupID: makeTransactionalID(), generationID: 1, memberID: "nobody")
        let none = try await transactionError {
            try await producer.withTransaction { transaction in
                do {
                    try await transaction.sendOffsets(offset(9), group: unknown)
                    Issue.record("offsets of an unknown group were taken")
                } catch let error as KafkaError {
                    #expect(error.requiresAbort && error.message.contains("\"\(unknown.groupID)\""), "\(error)")
                }
            }
        }
        #expect(none.outcome == .aborted)
        #expect([KafkaError.Code.unknownMemberID, .illegalGeneration].contains(none.cause.code), "\(none)")
        // And the next one goes through.
        try await producer.withTransaction { try await $0.sendOffsets(offset(10), group: group) }
        #expect(try await committedOffset(of: group.groupID, topic, current) == 10)
        try await producer.close()
        expectSettled(producer, accepted: 11)
    }

    /// What Kafka's own command says.
    private func committedOffset(of group: String, _ topic: String, _ current: FaultCluster) async throws -> Int64? {
        let outcome = try await current.cluster.distribution.run(
            "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
            ["--bootstrap-server", current.servers.joined(separator: ","), "--describe", "--group", group]
        )
        let line = outcome.text.split(separator: "\n").first { $0.contains(topic) }
        let fields = line.map { $0.split(separator: " ") } ?? []
        return fields.count > 3 ? Int64(fields[3]) : nil
    }
}
