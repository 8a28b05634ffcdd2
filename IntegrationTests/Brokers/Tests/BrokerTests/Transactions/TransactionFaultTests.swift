// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// The coordinator dies, hangs or is not reached, at each step: all or nothing of each transaction.
@Suite(.timeLimit(.minutes(10)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct TransactionFaultTests {
    enum Step: CaseIterable {
        case beforeBegin, inBody, beforeCommit, duringCommit, beforeAbort
    }

    @Test(arguments: Step.allCases) func theCoordinatorIsKilled(at step: Step) async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic()
        try await current.waitUntilInSync(topic)
        let producer = try await makeTransactionalProducer(current.servers, id: makeTransactionalID())
        func send(_ text: String, _ transaction: Transaction) async throws {
            for number in 0..<10 {
                try await transaction.send(
                    ProducerMessage(topic: Topic(topic), key: "\(number)", value: KafkaBytes("\(text)-\(number)"))
                )
            }
        }
        if step != .beforeBegin { try await producer.withTransaction { try await send("before", $0) } }
        if step == .beforeBegin {
            // Somebody's transaction makes the brokers have coordinators.
            let other = try await makeTransactionalProducer(current.servers, id: makeTransactionalID())
            try await other.withTransaction { _ in }
            try await closeAndExpectSettled(other)
            try await current.replaceCoordinator()
        }
        var killing: Task<Void, any Error>?
        var expected = step == .beforeBegin ? [] : ["before"]
        do {
            try await producer.withTransaction { transaction in
                try await send("during", transaction)
                if step == .inBody { try await current.replaceCoordinator() }
                try await send("during", transaction)
                try await producer.flush()
                if step == .beforeCommit { try await current.coordinator.kill() }
                if step == .duringCommit {
                    // The commit follows within a moment of the death.
                    let coordinator = try await current.coordinator
                    killing = Task { try await coordinator.kill() }
                }
                if step == .beforeAbort {
                    try await current.coordinator.kill()
                    throw BodyError()
                }
            }
            expected += ["during", "during"]
        } catch is BodyError {
        } catch let error as TransactionError {
            #expect(error.outcome == .unknown && step == .duringCommit, "\(error)")
        }
        try await killing?.value
        for broker in current.cluster.brokers where !broker.isRunning { try broker.start() }
        try await current.waitUntilInSync(topic)
        try await producer.withTransaction { try await send("after", $0) }
        try await closeAndExpectSettled(producer)
        // Each of these words stands for ten.
        let least = 10 * (expected.count + 1)
        let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: least)
        let counts = Dictionary(grouping: seen) { String($0.split(separator: "-")[0]) }.mapValues(\.count)
        if producer.statistics.unresolvedTransactions == 0 {
            #expect(counts["during", default: 0] == (expected.contains("during") ? 20 : 0))
        } else {
            #expect([0, 20].contains(counts["during", default: 0]))
        }
        #expect(counts["before", default: 0] == (expected.contains("before") ? 10 : 0))
        #expect(counts["after"] == 10)
    }

    /// The network is away for longer than the coordinator leaves a transaction open: it has aborted it, and the producer's
    /// epoch is over. To come back by itself would fence whoever has taken over.
    @Test func theCoordinatorsTimeOutPasses() async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic(partitions: 1)
        let id = makeTransactionalID()
        let producer = try await makeTransactionalProducer(current.proxiedServers, id: id) {
            $0.transactionTimeout = .seconds(2)
        }
        try await producer.withTransaction { try await $0.send(ProducerMessage(topic: Topic(topic), value: "before")) }
        let error = try await transactionError {
            try await producer.withTransaction { transaction in
                _ = try await transaction.deliver(ProducerMessage(topic: Topic(topic), value: "lost"))
                for proxy in current.proxies {
                    proxy.behave { $0.refuses = true }
                    proxy.cut(isReset: true)
                }
            }
        }
        #expect([.aborted, .unknown].contains(error.outcome))
        // The coordinator looks every ten seconds; a reader of committed records goes no further before.
        let other = try await makeTransactionalProducer(current.servers, id: makeTransactionalID())
        try await other.withTransaction { try await $0.send(ProducerMessage(topic: Topic(topic), value: "other")) }
        try await eventually("the coordinator has aborted it") {
            try await LogRecord.values(of: topic, on: current.servers, committed: true) == ["before", "other"]
        }
        for proxy in current.proxies { proxy.behave { $0.refuses = false } }
        let fenced = try await transactionError { try await producer.withTransaction(deadline: .seconds(60)) { _ in } }
        #expect(fenced.outcome == .notBegun)
        #expect(fenced.cause.isFatal, "\(fenced)")
        #expect(fenced.cause.message.contains("\"\(id)\""), "\(fenced)")
        // It may have been either: that is what can be said.
        #expect(fenced.cause.message.contains("time-out"), "\(fenced)")
        try await closeAndExpectSettled(producer)
        try await closeAndExpectSettled(other)
        let successor = try await makeTransactionalProducer(current.servers, id: id)
        try await successor.withTransaction {
            try await $0.send(ProducerMessage(topic: Topic(topic), value: "after"))
        }
        try await closeAndExpectSettled(successor)
        let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: 3)
        #expect(seen == ["before", "other", "after"])
    }

    /// The commit is written, and its answer is lost, or under way, until the deadline has passed.
    @Test(arguments: [true, false]) func theAnswerToTheCommitIsLostOrLate(isLost: Bool) async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic(partitions: 1)
        let producer = try await makeTransactionalProducer(current.proxiedServers, id: makeTransactionalID())
        try await producer.withTransaction { try await $0.send(ProducerMessage(topic: Topic(topic), value: "before")) }
        let coordinator = try await current.coordinator
        let proxy = current.proxies[coordinator.id - 1]
        let error = try await transactionError {
            try await producer.withTransaction(deadline: .seconds(5)) { transaction in
                _ = try await transaction.deliver(ProducerMessage(topic: Topic(topic), value: "late"))
                proxy.behave { if isLost { $0.losesAnswers = true } else { $0.delay = .seconds(4) } }
            }
        }
        #expect(error.outcome == .unknown)
        #expect(error.cause.code == .deadlineExceeded)
        try await eventually("it was committed all the same") {
            try await LogRecord.values(of: topic, on: current.servers, committed: true) == ["before", "late"]
        }
        // One that is late comes all the same, and the next transaction waits for it.
        if isLost {
            proxy.behave { $0.losesAnswers = false }
            proxy.cut(isReset: true)
        }
        try await producer.withTransaction(deadline: .seconds(90)) {
            try await $0.send(ProducerMessage(topic: Topic(topic), value: "after"))
        }
        proxy.behave { $0.delay = .zero }
        #expect(producer.statistics.unresolvedTransactions == 1)
        try await closeAndExpectSettled(producer)
        let seen = try await LogRecord.committedValues(of: topic, on: current.servers, count: 3)
        #expect(seen == ["before", "late", "after"])
    }
}
