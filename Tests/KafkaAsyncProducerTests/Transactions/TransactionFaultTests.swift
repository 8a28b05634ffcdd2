// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import RDKafka
import Testing

@testable import KafkaAsyncProducer

/// What the coordinator and the brokers answer, and what becomes of the transaction.
@Suite(.timeLimit(.minutes(3))) struct TransactionFaultTests {
    private let message = ProducerMessage(topic: "t", value: "x")

    // MARK: Errors that pass

    /// Kafka's COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR and CONCURRENT_TRANSACTIONS, and
    /// a connection that breaks.
    @Test(.namesCases) func whatPassesIsTriedAgainInside() async {
        await atOnce([14, 15, 16, 51, -195].map { KafkaError.Code(rawValue: $0) }) { code in
            try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
                let producer = try await makeTransactionalProducer(cluster)
                try await cluster.failNext(.initProducerId, with: code, count: 2)
                try await cluster.failNext(.endTransaction, with: code, count: 2)
                if code != .transport { try await cluster.failNext(.addPartitionsToTransaction, with: code) }
                try await producer.withTransaction { try await $0.send(message) }
                #expect(producer.statistics.committedTransactions == 1)
                // The abort, too.
                try await cluster.failNext(.endTransaction, with: code, count: 2)
                await #expect(throws: BodyError()) {
                    try await producer.withTransaction { transaction in
                        _ = try await transaction.deliver(message)
                        throw BodyError()
                    }
                }
                #expect(producer.statistics.abortedTransactions == 1)
                #expect(producer.fatalError == nil)
                try await closeAndExpectSettled(producer, accepted: 2)
            }
        }
    }

    // MARK: Errors that abort

    @Test func aMessageThatFailsAbortsAtOnceAndSaysWhichItWas() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.failNext(.produce, with: .invalidRecord)
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    try await transaction.send(message)
                    // Before the body returns.
                    try await eventually("it is aborted") { producer.statistics.abortedTransactions == 1 }
                    let refusal = try await kafkaError { try await transaction.send(message) }
                    #expect(refusal.code == .invalidRecord)
                    #expect(refusal.requiresAbort)
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .invalidRecord)
            #expect(error.cause.message.contains("t[0]"))
            #expect(!error.cause.isFatal)
            // librdkafka 2.0.2 has counted the message that failed: the broker misses its number, once.
            let gap = try await transactionError {
                try await producer.withTransaction { try await $0.send(message) }
            }
            #expect(gap.cause.code == .outOfOrderSequenceNumber)
            #expect(gap.cause.isRetriable)
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.committedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 3)
        }
    }

    @Test func aMessageThatCanBeWrittenNowhereAborts() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            _ = try await producer.metadata(for: "t")
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    try await transaction.send(ProducerMessage(topic: "t", partition: 7, value: "x"))
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .unknownPartition)
            try await closeAndExpectSettled(producer, accepted: 1)
        }
    }

    /// The cause is what the coordinator said, not that messages were dropped for it.
    @Test(.enabled(if: MockCluster.canFailTopics)) func aPartitionThatMayNotBeAddedAborts() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { _ in }
            try await cluster.failTopic("t", with: .topicAuthorizationFailed)
            _ = try producer.topic("t")
            let error = try await transactionError {
                try await producer.withTransaction(deadline: .seconds(30)) { try await $0.send(message) }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .topicAuthorizationFailed)
            try await cluster.restoreTopic("t")
            try await producer.withTransaction { try await $0.send(message) }
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }

    /// Of a commit that was asked for twice the first request may have done it, whatever the second was answered.
    @Test(arguments: [KafkaError.Code.invalidTransactionState, .invalidProducerIDMapping, .fenced])
    func aRefusalOfTheSecondRequestIsNotCertain(code: KafkaError.Code) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let second = code == .fenced ? KafkaError.Code.invalidProducerEpoch : code
            try await cluster.failNext(.endTransaction, with: [.transport, second])
            let error = try await transactionError {
                try await producer.withTransaction { try await $0.send(message) }
            }
            #expect(error.outcome == .unknown)
            #expect(error.cause.code == code)
            if producer.fatalError == nil { try await producer.withTransaction { _ in } }
            #expect(producer.statistics.unresolvedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 1)
        }
    }

    /// What a coordinator answers when it does not know itself.
    @Test func anUnknownErrorOfACommitIsNotCertain() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.failNext(.endTransaction, with: KafkaError.Code(rawValue: 7))
            let error = try await transactionError {
                try await producer.withTransaction { try await $0.send(message) }
            }
            #expect(error.outcome == .unknown)
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.committedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }

    /// INVALID_PRODUCER_ID_MAPPING: the abort gets a new epoch (KIP-360).
    @Test func aCommitThatIsRefusedAborts() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.failNext(.endTransaction, with: KafkaError.Code(rawValue: 49))
            let error = try await transactionError {
                try await producer.withTransaction { try await $0.send(message) }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code.rawValue == 49)
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.abortedTransactions == 1)
            #expect(producer.statistics.committedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }

    /// librdkafka stands in the midst of it then, and begins nothing before it is done.
    @Test(arguments: [7, 49, 59].map { KafkaError.Code(rawValue: $0) })
    func anAbortThatIsRefusedIsAskedForAgain(code: KafkaError.Code) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.failNext(.endTransaction, with: code)
            await #expect(throws: BodyError()) {
                try await producer.withTransaction { transaction in
                    _ = try await transaction.deliver(message)
                    throw BodyError()
                }
            }
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.abortedTransactions == 1 && producer.statistics.committedTransactions == 1)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }

    // MARK: Errors that are fatal

    @Test(arguments: [47, 90].map { KafkaError.Code(rawValue: $0) })
    func aFencedProducerSaysSo(code: KafkaError.Code) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.failNext(.endTransaction, with: code)
            let error = try await transactionError {
                try await producer.withTransaction { try await $0.send(message) }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .fenced)
            #expect(error.cause.isFatal)
            #expect(error.cause.message.contains("another producer with the transactional id \"tests\""))
            // The coordinator had no reason to do it itself.
            #expect(!error.cause.message.contains("time-out"))
            #expect(producer.fatalError == error.cause)
            let next = try await transactionError { try await producer.withTransaction { _ in } }
            #expect(next.outcome == .notBegun)
            #expect(next.cause == error.cause)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }

    @Test func aProducerThatIsFencedAtTheBeginSaysSo() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.failNext(.initProducerId, with: .transactionalIDAuthorizationFailed)
            let error = try await transactionError { try await producer.withTransaction { _ in } }
            #expect(error.outcome == .notBegun)
            #expect(error.cause.code == .transactionalIDAuthorizationFailed)
            #expect(error.cause.isFatal)
            try await closeAndExpectSettled(producer, accepted: 0)
        }
    }

    @Test func aFatalErrorEndsTheTransaction() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.batching.linger = .seconds(60) }
            _ = try producer.topic("t")
            _ = try await producer.metadata(for: "t")
            let error = try await transactionError {
                try await producer.withTransaction { transaction in
                    for _ in 0..<100 { try await transaction.send(message) }
                    let client = try #require(producer.core.metadata.client)
                    client.raiseFatalError(ResponseCode(rawValue: 45), reason: "a test")
                    try await eventually("it is noticed") { producer.fatalError != nil }
                    let refusal = try await kafkaError { try await transaction.send(message) }
                    #expect(refusal.isFatal)
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.isFatal)
            #expect(producer.statistics.failed == 100)
            #expect(producer.statistics.inFlight == 0)
            try await closeAndExpectSettled(producer, accepted: 100)
        }
    }

    /// It is not waited for until the deadline, nor by an `asyncClose` for ever.
    @Test func aFatalErrorEndsACommitThatIsNotAnswered() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            // COORDINATOR_LOAD_IN_PROGRESS: librdkafka asks again until it meets its end.
            try await cluster.failNext(.endTransaction, with: KafkaError.Code(rawValue: 14), count: 10_000)
            let requests = try #require(producer.core.metadata.client).requests.endedTransactions
            let start = ContinuousClock.now
            let commit = Task { try await producer.withTransaction { try await $0.send(message) } }
            try await eventually("the commit was asked for twice") {
                try #require(producer.core.metadata.client).requests.endedTransactions >= requests + 2
            }
            try producer.raiseFatalError()
            let error = try await transactionError { try await commit.value }
            #expect(error.outcome == .unknown)
            #expect(error.cause.isFatal)
            producer.asyncClose()
            #expect(await countSuccesses(producer) == 2)
            #expect(ContinuousClock.now - start < .seconds(30))
            expectSettled(producer, accepted: 2)
        }
    }

    // MARK: Time

    @Test func aCommitThatIsAnsweredLateIsNotKnownAndTheNextWaitsForIt() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.delayNext(.endTransaction, by: .seconds(3), on: 1)
            let start = ContinuousClock.now
            let error = try await transactionError {
                try await producer.withTransaction(deadline: .seconds(1)) { try await $0.send(message) }
            }
            #expect(ContinuousClock.now - start < .seconds(3))
            #expect(error.outcome == .unknown)
            #expect(error.cause.code == .deadlineExceeded)
            // Not before the first has ended.
            let early = try await transactionError {
                try await producer.withTransaction(deadline: .milliseconds(100)) { _ in }
            }
            #expect(early.outcome == .notBegun)
            #expect(early.cause.code == .deadlineExceeded)
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.committedTransactions == 2)
            #expect(producer.statistics.unresolvedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 3)
        }
    }

    @Test func noBrokerInTimeIsNoTransaction() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await cluster.brokerDown()
            let error = try await transactionError {
                try await producer.withTransaction(deadline: .seconds(1)) { _ in }
            }
            #expect(error.outcome == .notBegun)
            #expect(error.cause.isRetriable)
            try await cluster.brokerUp()
            try await producer.withTransaction { try await $0.send(message) }
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    /// Where the coordinator could otherwise have to end it, and fence the producer with that.
    @Test func aBodyThatTakesTooLongIsAbortedWithoutIt() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let error = try await transactionError {
                try await producer.withTransaction(deadline: .seconds(1)) { transaction in
                    _ = try await transaction.deliver(message)
                    try await eventually("it is aborted") { producer.statistics.abortedTransactions == 1 }
                    let refusal = try await kafkaError { try await transaction.send(message) }
                    #expect(refusal.code == .deadlineExceeded)
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .deadlineExceeded)
            try await producer.withTransaction { try await $0.send(message) }
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    /// The abort itself gets no answer: whoever waits gets his error in time, and the next transaction waits for the end.
    @Test func anAbortWithoutBrokersGoesOnBehind() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { try await $0.send(message) }
            let start = ContinuousClock.now
            let error = try await transactionError {
                try await producer.withTransaction(deadline: .seconds(1)) { transaction in
                    _ = try await transaction.deliver(message)
                    try await cluster.brokerDown()
                    for _ in 0..<100 { try await transaction.send(message) }
                }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .deadlineExceeded)
            #expect(ContinuousClock.now - start < .seconds(12))
            #expect(producer.statistics.inFlight == 0)
            try await cluster.brokerUp()
            try await producer.withTransaction { try await $0.send(message) }
            #expect(producer.statistics.committedTransactions == 2)
            try await closeAndExpectSettled(producer, accepted: 103)
        }
    }

    @Test func aMessageThatExpiresAborts() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster) { $0.delivery.timeout = .seconds(1) }
            try await producer.withTransaction { try await $0.send(message) }
            try await cluster.setRoundTripTime(.milliseconds(2_500))
            let error = try await transactionError {
                try await producer.withTransaction { try await $0.send(message) }
            }
            #expect(error.outcome == .aborted)
            #expect(error.cause.code == .messageTimedOut)
            try await cluster.setRoundTripTime(.zero)
            try await producer.withTransaction(deadline: .seconds(30)) { _ in }
            #expect(producer.statistics.retiredClients == 0)
            try await closeAndExpectSettled(producer, accepted: 2)
        }
    }
}
