// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// Many transactions while brokers die, hang and lose connections. What `withTransaction` said of each is compared with
/// what a reader of committed records sees: all of it, nothing of it, or one of the two.
@Suite(.timeLimit(.minutes(20)), .serialized, .needsLauncher, .brokerLogs, .faultCluster)
struct ManyTransactionsTests {
    enum Outcome { case committed, aborted, unknown }

    /// `KAFKA_TRANSACTIONS`; `Scripts/test --all` makes 1,000, which take seven minutes.
    private static let count =
        ProcessInfo.processInfo.environment["KAFKA_TRANSACTIONS"].flatMap { Int($0) } ?? 150

    @Test func allOrNothingOfEachUnderFaults() async throws {
        let current = try #require(FaultCluster.current)
        let topic = try await current.makeTopic(partitions: 6)
        try await current.waitUntilInSync(topic)
        let id = makeTransactionalID()
        var producer = try await makeTransactionalProducer(current.proxiedServers, id: id)
        try await producer.withTransaction { _ in }
        let isOver = StopFlag()
        let faults = Task { try await disturb(current, topic, until: isOver) }
        var outcomes: [(outcome: Outcome, size: Int)] = []
        var producers = 1
        while outcomes.count < Self.count {
            let number = outcomes.count
            let size = Int.random(in: 1...20)
            let outcome = try await run(number, size, topic, producer)
            if let outcome { outcomes.append((outcome, size)) }
            if producer.fatalError != nil {
                // Fenced by the coordinator's time-out: what a service does then is to begin anew.
                try await closeAndExpectSettled(producer)
                producer = try await makeTransactionalProducer(current.proxiedServers, id: id)
                producers += 1
            }
            // A fault needs its time, whatever the speed of the machine.
            try await Task.sleep(for: .milliseconds(100))
        }
        isOver.set()
        let rounds = try await faults.value
        try await current.waitUntilInSync(topic)
        // The last one decides what is not decided yet.
        try await producer.withTransaction(deadline: .seconds(120)) { _ in }
        try await closeAndExpectSettled(producer)
        try await expect(outcomes, in: topic, on: current)
        let counts = Dictionary(grouping: outcomes, by: \.outcome).mapValues(\.count)
        print("transactions: \(outcomes.count) under \(rounds) faults, \(producers) producers: \(counts)")
        #expect(counts[.committed, default: 0] > Self.count / 2)
    }

    /// Runs one transaction; nil when it was not begun.
    private func run(
        _ number: Int,
        _ size: Int,
        _ topic: String,
        _ producer: AsyncProducer
    ) async throws -> Outcome? {
        do {
            try await producer.withTransaction(deadline: .seconds(30)) { transaction in
                for index in 0..<size {
                    try await transaction.send(
                        ProducerMessage(
                            topic: Topic(topic),
                            key: KafkaBytes("\(index)"),
                            value: KafkaBytes("\(number)-\(index)")
                        )
                    )
                }
                if number % 10 == 9 { throw BodyError() }
            }
            return .committed
        } catch is BodyError {
            return .aborted
        } catch let error as TransactionError {
            // For the table in the documentation.
            print("transaction \(number) of \(size): \(error)")
            switch error.outcome {
            case .notBegun: return nil
            case .aborted: return .aborted
            case .unknown: return .unknown
            }
        } catch {
            // A send that was refused, as the transaction could only be aborted.
            return .aborted
        }
    }

    /// Kills, freezes and cuts in turn; returns how often.
    private func disturb(_ current: FaultCluster, _ topic: String, until isOver: StopFlag) async throws -> Int {
        var rounds = 0
        while !isOver.isSet {
            switch rounds % 4 {
            case 0: try await current.replaceCoordinator()
            case 1: for proxy in current.proxies { proxy.cut(isReset: true) }
            case 2:
                let frozen = try await current.coordinator
                try await frozen.pause()
                try await Task.sleep(for: .seconds(4))
                try await frozen.resume()
            default:
                let proxy = current.proxies[rounds / 4 % 3]
                proxy.behave { $0.losesAnswers = true }
                try await Task.sleep(for: .seconds(1))
                proxy.behave { $0.losesAnswers = false }
                proxy.cut(isReset: true)
            }
            rounds += 1
            try await current.waitUntilInSync(topic)
            try await Task.sleep(for: .seconds(1))
        }
        return rounds
    }

    private func expect(
        _ outcomes: [(outcome: Outcome, size: Int)],
        in topic: String,
        on current: FaultCluster
    ) async throws {
        let least = outcomes.reduce(0) { $0 + ($1.outcome == .committed ? $1.size : 0) }
        let values = try await LogRecord.committedValues(of: topic, on: current.servers, count: least)
        #expect(Set(values).count == values.count, "no message is there twice")
        let seen = Dictionary(grouping: values) { Int($0.prefix { $0 != "-" }) ?? -1 }.mapValues(\.count)
        for (number, (outcome, size)) in outcomes.enumerated() {
            let count = seen[number, default: 0]
            switch outcome {
            case .committed: #expect(count == size, "transaction \(number) was committed")
            case .aborted: #expect(count == 0, "transaction \(number) was aborted")
            case .unknown: #expect(count == 0 || count == size, "transaction \(number) is whole or not there")
            }
        }
        #expect(seen.keys.allSatisfy { outcomes.indices.contains($0) })
    }
}
