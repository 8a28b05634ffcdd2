// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Synchronization
import Testing

/// What cannot be done says so, names the thing, and leaves everything as it was.
@Suite(.timeLimit(.minutes(2))) struct TransactionRefusalTests {
    private let message = ProducerMessage(topic: "t", value: "x")

    @Test func sendsOutsideOfATransactionAreRefusedInWords() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            func expectRefusals() async throws {
                for error in [
                    try await kafkaError { try await producer.input.send(message) },
                    try await kafkaError { _ = try producer.input.trySend(message) },
                    try await kafkaError { _ = try await producer.submit(message) },
                    try await kafkaError { try await producer.input.send(to: "t", value: [1].span) },
                ] {
                    #expect(error.code == .noTransaction)
                    #expect(error.message.contains("\"tests\"") && error.message.contains("withTransaction"))
                }
                let partial = await #expect(throws: AsyncProducer.PartialSendError.self) {
                    try await producer.input.send(contentsOf: [message, message])
                }
                #expect(partial?.acceptedCount == 0)
                #expect(partial?.cause.code == .noTransaction)
                let failure = await #expect(throws: ProducerError.self) { try await producer.deliver(message) }
                #expect(failure?.error.code == .noTransaction)
                #expect(failure?.persistence == .notPersisted)
                for outcome in await producer.deliver(contentsOf: [message, message]) {
                    #expect { try outcome.get() } throws: { ($0 as? ProducerError)?.error.code == .noTransaction }
                }
            }
            try await expectRefusals()
            try await producer.withTransaction { transaction in
                try await transaction.send(message)
                // While one is open, too: whose it is would be chance.
                try await expectRefusals()
            }
            try await expectRefusals()
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func aTransactionThatHasEndedTakesNothing() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let first = try await producer.withTransaction { $0 }
            func expectEnded(_ transaction: Transaction) async throws {
                for error in [
                    try await kafkaError { try await transaction.send(message) },
                    try await kafkaError { _ = try transaction.input.trySend(message) },
                    try await kafkaError { _ = try await transaction.submit(message) },
                    try await kafkaError { _ = try await transaction.input.submit(message) },
                    try await kafkaError { try await transaction.input.send(to: "t", value: [1].span) },
                ] { #expect(error.code == .transactionEnded) }
                let offsets = [ConsumedOffset(topic: "t", partition: 0, offset: 1)]
                let late = try await kafkaError {
                    try await transaction.sendOffsets(offsets, group: ConsumerGroupMetadata(groupID: "g"))
                }
                #expect(late.code == .transactionEnded)
            }
            try await expectEnded(first)
            try await producer.withTransaction { _ in try await expectEnded(first) }
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }

    @Test func oneTransactionIsOpenAtATime() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.withTransaction { transaction in
                let error = try await transactionError { try await producer.withTransaction { _ in } }
                #expect(error.outcome == .notBegun)
                #expect(error.cause.code == .transactionInProgress)
                try await transaction.send(message)
            }
            #expect(producer.statistics.committedTransactions == 1)
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    @Test func aProducerWithoutAnIDHasNone() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let error = try await transactionError { try await producer.withTransaction { _ in } }
            #expect(error.outcome == .notBegun)
            #expect(error.cause.code == .notTransactional)
            #expect(error.cause.message.contains("configuration.transactionalID"))
            _ = try await producer.deliver(message)
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1)]) func aDeadlineMustBeAhead(deadline: Duration) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            let error = try await transactionError {
                try await producer.withTransaction(deadline: deadline) { _ in _ = Issue.record("it was run") }
            }
            #expect(error.outcome == .notBegun)
            #expect(error.cause.code == .deadlineExceeded)
            #expect(error.cause.message.contains("withTransaction(deadline:)"))
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }

    @Test func aClosedProducerBeginsNone() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            try await producer.close()
            let error = try await transactionError { try await producer.withTransaction { _ in } }
            #expect(error.outcome == .notBegun)
            #expect(error.cause.code == .closed)
            expectSettled(producer, accepted: 0)
        }
    }

    @Test(arguments: [
        ("", "empty"), ("a\0b", "NUL"), (String(repeating: "x", count: 40_000), "40000 bytes"),
    ])
    func anIDThatCannotBeIsRefused(id: String, word: String) async throws {
        for name in ["transactionalID", "\"transactional.id\""] {
            var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
            if name == "transactionalID" {
                configuration.transactionalID = id
            } else {
                configuration.librdkafka["transactional.id"] = id
            }
            let error = try await kafkaError { _ = try await AsyncProducer(configuration) }
            #expect(error.code == .invalidConfiguration)
            #expect(error.message.contains(name) && error.message.contains(word), "\(error.message)")
        }
    }

    @Test func whatDoesNotGoWithTransactionsIsRefused() async throws {
        func refusal(_ change: (inout AsyncProducer.Configuration) -> Void) async throws -> String {
            var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
            configuration.transactionalID = "orders"
            change(&configuration)
            let error = try await kafkaError { _ = try await AsyncProducer(configuration) }
            #expect(error.code == .invalidConfiguration)
            return error.message
        }
        #expect(try await refusal { $0.delivery.idempotence = false }.contains("delivery.idempotence"))
        #expect(try await refusal { $0.librdkafka["enable.idempotence"] = "false" }.contains("enable.idempotence"))
        #expect(try await refusal { $0.librdkafka["acks"] = "1" }.contains("acks"))
        #expect(try await refusal { $0.transactionTimeout = .milliseconds(5) }.contains("transactionTimeout"))
        #expect(try await refusal { $0.transactionTimeout = .seconds(-5) }.contains("transactionTimeout"))
    }

    @Test func theTransactionalNamesOfFilesAreTaken() throws {
        let text = "bootstrap.servers=a:1\ntransactional.id=orders-1\ntransaction.timeout.ms=30000\n"
        let configuration = try AsyncProducer.Configuration(.init(parsing: text, source: "p"))
        let properties = try configuration.effectiveProperties()
        #expect(properties.first { $0.name == "transactional.id" }?.value == "orders-1")
        #expect(properties.first { $0.name == "transaction.timeout.ms" }?.value == "30000")
    }
}
