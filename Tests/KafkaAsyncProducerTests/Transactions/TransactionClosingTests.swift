// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// A producer that ends, or drops what it has, while a transaction is open.
@Suite(.timeLimit(.minutes(2))) struct TransactionClosingTests {
    private let message = ProducerMessage(topic: "t", value: "x")

    @Test func closeAbortsAndDoesNotWaitForTheBody() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    _ = try await transaction.deliver(message)
                    try await producer.close()
                    #expect(producer.statistics.abortedTransactions == 1)
                    let refusal = try await kafkaError { try await transaction.send(message) }
                    #expect(refusal.code == .closed)
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .closed)
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func asyncCloseAborts() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.batching.linger = .seconds(60) }
            _ = try producer.topic("t")
            _ = try await producer.metadata(for: "t")
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    for _ in 0..<10 { try await transaction.send(message) }
                    producer.asyncClose()
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .closed)
            #expect(producer.statistics.failed == 10)
            try await closeAndExpectSettled(producer, accepted: 10)
            #expect(try await cluster.records(in: "t").isEmpty)
        }
    }

    /// It has no deadline of its own: the wait ends when the coordinator must have ended the transaction itself.
    @Test func asyncCloseEndsWithoutAnAnswerToTheAbort() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.transactionTimeout = .seconds(2) }
            let started = ContinuousClock.now
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    _ = try await transaction.deliver(message)
                    try await cluster.brokerDown()
                    producer.asyncClose()
                }
            }
            #expect(error.outcome == .aborted)
            try await eventually("it has closed") { producer.core.withState { $0.phase == .closed } }
            #expect(ContinuousClock.now - started < .seconds(20))
            try await closeAndExpectSettled(producer, accepted: 1)
        }
    }

    /// What has been handed over to the commit is delivered by a close, as everything is.
    @Test func aCloseLetsACommitFinish() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.delayNext(.endTransaction, by: .seconds(1), on: 1)
            async let commit: Void = producer.withTransaction { try await $0.send(message) }
            try await eventually("the message is delivered") { producer.statistics.succeeded == 2 }
            try await Task.sleep(for: .milliseconds(100))
            try await producer.close()
            #expect(producer.statistics.committedTransactions == 2)
            try await commit
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func theDeadlineOfACloseHoldsForACommit() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.delayNext(.endTransaction, by: .seconds(20), on: 1)
            let commit = Task { try await producer.withTransaction { try await $0.send(message) } }
            try await eventually("the message is delivered") { producer.statistics.succeeded == 2 }
            let start = ContinuousClock.now
            try await producer.close(deadline: .milliseconds(300))
            #expect(ContinuousClock.now - start < .seconds(5))
            let error = try await transactionError { try await commit.value }
            #expect(error.outcome == .unknown)
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func aBeginThatIsNotWantedAnyMoreEndsSoon() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.brokerDown()
            func begin() -> Task<Void, any Error> {
                Task { try await producer.withTransaction { _ in _ = Issue.record("it was begun") } }
            }
            func isBeginning() -> Bool { producer.core.withState { $0.transaction.phase == .beginning } }
            let start = ContinuousClock.now
            let cancelled = begin()
            try await eventually("it is under way") { isBeginning() }
            cancelled.cancel()
            let error = try await transactionError { try await cancelled.value }
            #expect(error.outcome == .notBegun)
            #expect(error.cause.code == .cancelled)
            let closed = begin()
            try await eventually("it is under way") { isBeginning() }
            try await producer.close()
            let refusal = try await transactionError { try await closed.value }
            #expect(refusal.outcome == .notBegun)
            #expect(refusal.cause.code == .closed)
            #expect(ContinuousClock.now - start < .seconds(15))
            expectSettled(producer, accepted: 0)
        }
    }

    @Test func closeWaitsForAnEndThatGoesOnBehind() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.delayNext(.endTransaction, by: .seconds(2), on: 1)
            let start = ContinuousClock.now
            let error = try await transactionError {
                try await producer.withTransaction(deadline: .milliseconds(500)) { try await $0.send(message) }
            }
            #expect(error.outcome == .unknown)
            try await producer.close()
            #expect(ContinuousClock.now - start > .milliseconds(1_900))
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func abortDropsAndAborts() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.batching.linger = .seconds(60) }
            _ = try producer.topic("t")
            _ = try await producer.metadata(for: "t")
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    for _ in 0..<10 { try await transaction.send(message) }
                    producer.abort()
                    let refusal = try await kafkaError { try await transaction.send(message) }
                    #expect(refusal.requiresAbort)
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.message.contains("abort was called"))
            #expect(producer.statistics.retiredClients == 0)
            try await producer.withTransaction { try await $0.send(message) }
            try await closeAndExpectSettled(producer, accepted: 11)
        }
    }

    /// A task that the body has not waited for waits for room when the transaction ends.
    @Test func whoWaitsForRoomIsRefusedAtTheEnd() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) {
                $0.buffering.maximumMessages = 5
                $0.returns.successes = .always
            }
            let late = try await producer.withTransaction { transaction in
                for _ in 0..<5 { try await transaction.send(message) }
                let late = Task { try await transaction.send(message) }
                try await eventually("it waits") { producer.statistics.waitingSenders == 1 }
                return late
            }
            let refusal = try await kafkaError { try await late.value }
            #expect(refusal.code == .transactionEnded)
            try await producer.close()
            expectSettled(producer, accepted: 5)
        }
    }
}
