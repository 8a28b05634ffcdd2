// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Offsets of a consumer group in a transaction.
@Suite(.timeLimit(.minutes(2))) struct TransactionOffsetTests {
    private static let addOffsets = MockCluster.Request(rawValue: 25)
    private static let commitOffsets = MockCluster.Request(rawValue: 28)
    private let group = ConsumerGroupMetadata(groupID: "readers")
    private let offsets = [ConsumedOffset(topic: "t", partition: 0, offset: 42, metadata: "by a test")]
    private let message = ProducerMessage(topic: "t", value: "x")

    @Test func offsetsAreCommittedWithTheMessages() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { transaction in
                try await transaction.send(message)
                try await transaction.sendOffsets([], group: group)
                try await transaction.sendOffsets(offsets, group: group)
            }
            #expect(producer.statistics.committedTransactions == 1)
            // Alone, too.
            try await producer.withTransaction { try await $0.sendOffsets(offsets, group: group) }
            #expect(producer.statistics.committedTransactions == 2)
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func severalTasksMaySendThemAtOnce() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 8]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { transaction in
                try await withThrowingTaskGroup { tasks in
                    for partition in 0..<Int32(8) {
                        tasks.addTask {
                            let offset = ConsumedOffset(topic: "t", partition: partition, offset: 1)
                            try await transaction.sendOffsets([offset], group: group)
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
            #expect(producer.statistics.committedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }

    /// Kafka's COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE and NOT_COORDINATOR.
    @Test(.namesCases) func whatPassesIsTriedAgain() async {
        await atOnce([14, 15, 16].map { KafkaError.Code(rawValue: $0) }) { code in
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let producer = try await makeTransactionalProducer(cluster)
                try await cluster.failNext(Self.addOffsets, with: code)
                try await cluster.failNext(Self.commitOffsets, with: code)
                try await producer.withTransaction { try await $0.sendOffsets(offsets, group: group) }
                #expect(producer.statistics.committedTransactions == 1)
                try await producer.close()
                expectSettled(producer, accepted: 0)
            }
        }
    }

    @Test(arguments: [
        KafkaError.Code.illegalGeneration, .unknownMemberID, .fencedInstanceID, .groupAuthorizationFailed,
    ])
    func aGroupThatRefusesThemAborts(code: KafkaError.Code) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.failNext(Self.commitOffsets, with: code)
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    _ = try await transaction.deliver(message)
                    let refusal = try await kafkaError { try await transaction.sendOffsets(offsets, group: group) }
                    #expect(refusal.code == code)
                    #expect(refusal.requiresAbort)
                    #expect(refusal.message.contains("\"readers\""))
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == code)
            try await producer.withTransaction { try await $0.sendOffsets(offsets, group: group) }
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    /// Whoever waits for the group's coordinator gets the end of the transaction, not that of the request.
    @Test func theDeadlineHoldsWhileTheCoordinatorDoesNotAnswer() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { _ in }
            try await cluster.delayNext(Self.addOffsets, by: .milliseconds(2_500), on: 1)
            let start = ContinuousClock.now
            let error = try await transactionError {
                try await producer.withTransaction(deadline: .milliseconds(500)) { transaction in
                    let refusal = try await kafkaError { try await transaction.sendOffsets(offsets, group: group) }
                    #expect(refusal.code == .deadlineExceeded)
                    #expect(ContinuousClock.now - start < .seconds(2))
                }
            }
            #expect(error.outcome == .aborted)
            try await producer.withTransaction { try await $0.send(message) }
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func whatCannotBeAnOffsetIsRefusedAndTheTransactionGoesOn() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { transaction in
                func refusal(
                    _ offset: ConsumedOffset,
                    _ group: ConsumerGroupMetadata = ConsumerGroupMetadata(groupID: "g")
                ) async throws -> KafkaError {
                    try await kafkaError { try await transaction.sendOffsets([offset], group: group) }
                }
                let good = ConsumedOffset(topic: "t", partition: 0, offset: 1)
                #expect(try await refusal(.init(topic: "t", partition: -1, offset: 1)).code == .invalidOffset)
                #expect(try await refusal(.init(topic: "t", partition: 0, offset: -1001)).message.contains("t[0]"))
                #expect(try await refusal(.init(topic: "a b", partition: 0, offset: 1)).code == .invalidTopic)
                let text = ConsumedOffset(topic: "t", partition: 0, offset: 1, metadata: "a\0")
                #expect(try await refusal(text).message.contains("NUL"))
                for (group, word) in [
                    (ConsumerGroupMetadata(groupID: ""), "groupID"),
                    (ConsumerGroupMetadata(groupID: "a\0"), "groupID"),
                    (ConsumerGroupMetadata(groupID: "g", generationID: -2), "generationID"),
                    (ConsumerGroupMetadata(groupID: "g", memberID: "\0"), "memberID"),
                    (ConsumerGroupMetadata(groupID: "g", groupInstanceID: ""), "groupInstanceID"),
                ] {
                    let error = try await refusal(good, group)
                    #expect(error.code == .invalidGroup)
                    #expect(error.message.contains("group.\(word)"))
                }
                try await transaction.send(message)
            }
            #expect(producer.statistics.committedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }
}
