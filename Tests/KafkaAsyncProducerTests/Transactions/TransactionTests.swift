// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import RDKafka
import Testing

@testable import KafkaAsyncProducer

@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    /// How many requests to commit or abort the producer has sent.
    private func endings(_ producer: AsyncProducer) throws -> Int {
        try #require(producer.core.metadata.client).requests.endedTransactions
    }

    @Test func whatABodySendsIsCommittedWhenItReturns() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            for round in 1...5 {
                let answer = try await producer.withTransaction { transaction in
                    for _ in 0..<100 { try await transaction.send(ProducerMessage(topic: "t", value: "x")) }
                    return round
                }
                #expect(answer == round)
                let statistics = producer.statistics
                #expect(statistics.succeeded == 100 * round)
                #expect(statistics.inFlight == 0)
                #expect(statistics.committedTransactions == round)
                #expect(try endings(producer) == round)
            }
            try await producer.close()
            expectSettled(producer, accepted: 500)
            #expect(try await cluster.records(in: "t").count == 500)
        }
    }

    @Test func everyWayToSendIsPartOfIt() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let topic = try producer.topic("t")
            let message = ProducerMessage(topic: "t", key: "k", value: "v")
            try await producer.withTransaction { transaction in
                try await transaction.send(message)
                try await transaction.send(contentsOf: [message, message])
                #expect(try await transaction.deliver(message).partition == 0)
                #expect(try await transaction.submit(message).outcome.partition == 0)
                #expect(try transaction.input.trySend(message) == .accepted)
                try await transaction.input.send(to: topic, value: [1, 2].span)
                #expect(try transaction.input.trySend(to: topic, value: [1, 2].span) == .accepted)
                try await transaction.input.send(
                    ProducerMessage(topic: "t", value: "h", headers: [RecordHeader("a", "b")])
                )
                try await transaction.input.send(contentsOf: repeatElement(message, count: 250))
                #expect(try await transaction.input.deliver(message).partition == 0)
                #expect(try await transaction.input.submit(message).outcome.partition == 0)
                let outcomes = await transaction.input.deliver(contentsOf: [message, message])
                #expect(outcomes.map { (try? $0.get())?.partition } == [0, 0])
            }
            #expect(producer.statistics.committedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 263)
            #expect(try await cluster.records(in: "t").count == 263)
        }
    }

    /// Whether its messages have been delivered by then makes no difference.
    @Test(arguments: [false, true]) func anAbortOfTheProducerAbortsIt(isDelivered: Bool) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let message = ProducerMessage(topic: "t", value: "x")
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    if isDelivered {
                        _ = try await transaction.deliver(message)
                    } else {
                        try await transaction.send(message)
                    }
                    producer.abort()
                }
            }
            #expect(error.outcome == .aborted)
            // Of one that has sent nothing the coordinator does not know.
            #expect(try !isDelivered || endings(producer) == 1)
            #expect(producer.statistics.abortedTransactions == 1 && producer.statistics.committedTransactions == 0)
            // Between transactions there is nothing to abort.
            producer.abort()
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.committedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }

    @Test func aBodyThatThrowsAbortsAndItsErrorComesOut() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            await #expect(throws: BodyError()) {
                try await producer.withTransaction { transaction in
                    _ = try await transaction.deliver(ProducerMessage(topic: "t", value: "in the log"))
                    throw BodyError()
                }
            }
            #expect(try endings(producer) == 1)
            #expect(producer.statistics.abortedTransactions == 1)
            // Delivered it was: it is its transaction that readers do not see.
            #expect(producer.statistics.succeeded == 1)
            try await producer.withTransaction { try await $0.send(ProducerMessage(topic: "t", value: "next")) }
            #expect(producer.statistics.committedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func whatWaitsIsDroppedWithCertaintyByAnAbort() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.batching.linger = .seconds(60) }
            _ = try producer.topic("t")
            _ = try await producer.metadata(for: "t")
            await #expect(throws: BodyError()) {
                try await producer.withTransaction { transaction in
                    for _ in 0..<1_000 { try await transaction.send(ProducerMessage(topic: "t", value: "x")) }
                    throw BodyError()
                }
            }
            #expect(producer.statistics.failed == 1_000)
            #expect(producer.statistics.inFlight == 0)
            let errors = try await undelivered(by: producer, deadline: .seconds(10)).errors
            #expect(errors.allSatisfy { $0.persistence == .notPersisted && $0.error.code == .purgedFromQueue })
            #expect(errors.allSatisfy { $0.error.message.contains("its body threw: BodyError()") })
            expectSettled(producer, accepted: 1_000)
            #expect(try await cluster.records(in: "t").isEmpty)
        }
    }

    @Test func aLingerIsNotWaitedForByACommit() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.batching.linger = .seconds(50) }
            let start = ContinuousClock.now
            try await producer.withTransaction { try await $0.send(ProducerMessage(topic: "t", value: "x")) }
            #expect(ContinuousClock.now - start < .seconds(40))
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func anEmptyTransactionCostsNoRequest() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { _ in }
            await #expect(throws: BodyError()) { try await producer.withTransaction { _ in throw BodyError() } }
            #expect(try endings(producer) == 0)
            #expect(producer.statistics.committedTransactions == 1)
            #expect(producer.statistics.abortedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }

    @Test func manyTasksMaySendAtOnce() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 4]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.buffering.maximumMessages = 50 }
            try await producer.withTransaction { transaction in
                try await withThrowingTaskGroup { group in
                    for task in 0..<8 {
                        group.addTask {
                            for _ in 0..<100 {
                                try await transaction.send(ProducerMessage(topic: "t", key: "\(task)", value: "x"))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(producer.statistics.committedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 800)
        }
    }

    @Test func aCancelledTaskAborts() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let task = Task {
                try await producer.withTransaction { transaction in
                    _ = try await transaction.deliver(ProducerMessage(topic: "t", value: "x"))
                    unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                }
            }
            let error = try await transactionError { try await task.value }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .cancelled)
            #expect(producer.statistics.abortedTransactions == 1)
            // Cancelled before it begins.
            let late = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                try await producer.withTransaction { _ in }
            }
            let refusal = try await transactionError { try await late.value }
            #expect(refusal.outcome == .notBegun)
            #expect(refusal.cause.code == .cancelled)
            try await closeAndExpectSettled(producer, accepted: 1)
        }
    }
}
