// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// A task that is cancelled at each point of its transaction: aborted at once while that can be, and never after the commit was
/// asked for.
@Suite(.timeLimit(.minutes(2))) struct TransactionCancellationTests {
    private let message = ProducerMessage(topic: "t", value: "x")

    private func isIn(_ producer: AsyncProducer, _ phase: TransactionState.Phase) -> Bool {
        producer.core.withState { $0.transaction.phase == phase }
    }

    @Test func whileASendWaitsForRoom() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) {
                $0.buffering.maximumMessages = 5
                $0.returns.successes = .always
            }
            let task = Task {
                try await producer.withTransaction { transaction in
                    for _ in 0..<10 { try await transaction.send(message) }
                }
            }
            try await eventually("a send waits") { producer.statistics.waitingSenders == 1 }
            task.cancel()
            let error = try await kafkaError { try await task.value }
            #expect(error.code == .cancelled)
            #expect(producer.statistics.abortedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 5)
        }
    }

    @Test func whileOffsetsAreOnTheirWay() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { _ in }
            try await cluster.delayNext(MockCluster.Request(rawValue: 25), by: .seconds(4), on: 1)
            let start = ContinuousClock.now
            let task = Task {
                try await producer.withTransaction { transaction in
                    let offset = ConsumedOffset(topic: "t", partition: 0, offset: 1)
                    try await transaction.sendOffsets([offset], group: ConsumerGroupMetadata(groupID: "g"))
                }
            }
            try await eventually("they are on their way") {
                producer.core.withState { !$0.transaction.offsets.isEmpty }
            }
            task.cancel()
            try await eventually("it is aborted") { isIn(producer, .aborting(isAborted: false)) }
            #expect(ContinuousClock.now - start < .seconds(3))
            let error = try await kafkaError { try await task.value }
            #expect(error.code == .cancelled && error.requiresAbort)
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.abortedTransactions == 1 && producer.statistics.committedTransactions == 2)
            // Cancelled before they are sent.
            let late = Task {
                try await producer.withTransaction { transaction in
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                    let offset = ConsumedOffset(topic: "t", partition: 0, offset: 2)
                    try await transaction.sendOffsets([offset], group: ConsumerGroupMetadata(groupID: "g"))
                }
            }
            #expect(try await kafkaError { try await late.value }.code == .cancelled)
            #expect(producer.statistics.abortedTransactions == 2)
            try await closeAndExpectSettled(producer, accepted: 1)
        }
    }

    @Test func whileItWaitsForOutcomes() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.delayNext(.produce, by: .seconds(2), on: 1)
            let task = Task { try await producer.withTransaction { try await $0.send(message) } }
            try await eventually("its body is done") { isIn(producer, .completing) }
            task.cancel()
            let error = try await transactionError { try await task.value }
            #expect(error.outcome == .aborted && error.cause.code == .cancelled)
            #expect(producer.statistics.abortedTransactions == 1)
            try await producer.withTransaction { try await $0.send(message) }
            try await closeAndExpectSettled(producer, accepted: 3)
        }
    }

    @Test func whileItCommitsThatIsTooLate() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.delayNext(.endTransaction, by: .seconds(1), on: 1)
            let task = Task { try await producer.withTransaction { try await $0.send(message) } }
            try await eventually("the commit is asked for") { isIn(producer, .committing) }
            task.cancel()
            try await task.value
            #expect(producer.statistics.committedTransactions == 2)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }

    @Test func whileItIsAbortedThatChangesNothing() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.delayNext(.endTransaction, by: .seconds(1), on: 1)
            let task = Task {
                try await producer.withTransaction { transaction in
                    _ = try await transaction.deliver(message)
                    throw BodyError()
                }
            }
            try await eventually("the abort is asked for") { isIn(producer, .aborting(isAborted: false)) }
            task.cancel()
            await #expect(throws: BodyError()) { try await task.value }
            #expect(producer.statistics.abortedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }
}
