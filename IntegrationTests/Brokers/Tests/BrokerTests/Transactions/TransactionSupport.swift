// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// What a body throws in these tests.
struct BodyError: Error, Equatable {}

func makeTransactionalProducer(
    _ servers: [String],
    id: String,
    _ change: (inout AsyncProducer.Configuration) -> Void = { _ in }
) async throws -> AsyncProducer {
    try await makeProducer(servers) {
        $0.transactionalID = id
        change(&$0)
    }
}

/// An id of this test's own.
func makeTransactionalID() -> String { "tests-\(UUID().uuidString.prefix(8).lowercased())" }

/// The error of a transaction that was to fail.
func transactionError(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async throws -> TransactionError {
    let error = await #expect(throws: TransactionError.self, sourceLocation: sourceLocation) { try await body() }
    return try #require(error, sourceLocation: sourceLocation)
}

/// Closes, whatever messages of aborted transactions nobody has read; then the account must be settled.
func closeAndExpectSettled(
    _ producer: AsyncProducer,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    do {
        try await producer.close(deadline: .seconds(20))
    } catch .undelivered {
        // The failures of aborted transactions.
    }
    expectSettled(producer, sourceLocation: sourceLocation)
}

extension LogRecord {
    /// The values of a topic that a reader of committed records gets, or of all records.
    static func values(of topic: String, on servers: [String], committed: Bool) async throws -> [String] {
        let level = committed ? "read_committed" : "read_uncommitted"
        let outcome = try await consume(["-J", "-X", "isolation.level=\(level)"], topic, servers)
        let decoder = JSONDecoder()
        return try outcome.output.split(separator: UInt8(ascii: "\n"))
            .compactMap { try decoder.decode(LogRecord.self, from: $0).payload }
    }
}

extension LogRecord {
    /// What a reader of committed records gets once there are so many: the coordinator marks the partitions after it has
    /// answered to the commit.
    static func committedValues(
        of topic: String,
        on servers: [String],
        count: Int,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> [String] {
        var seen: [String] = []
        try await eventually("\(count) records are committed", sourceLocation: sourceLocation) {
            seen = try await values(of: topic, on: servers, committed: true)
            return seen.count >= count
        }
        return seen
    }
}

extension FaultCluster {
    /// The broker that coordinates the transactions: their state is one partition here.
    var coordinator: Node {
        get async throws {
            var id = 0
            try await eventually("there is a coordinator") {
                id = try await Topics(on: servers).state(of: "__transaction_state").partitions.first?.leader ?? 0
                return id > 0
            }
            return try #require(cluster.brokers.first { $0.id == id })
        }
    }

    /// Makes a topic of the test's own.
    func makeTopic(partitions: Int = 3) async throws -> String {
        let topic = "transactions-\(UUID().uuidString.prefix(8).lowercased())"
        try await Topics(on: servers).create(topic, partitions: partitions)
        return topic
    }

    /// Kills the coordinator, waits until another one is there, and starts it again.
    func replaceCoordinator(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let dead = try await coordinator
        try await dead.kill()
        try await eventually("another broker coordinates", sourceLocation: sourceLocation) {
            let state = try? await Topics(on: servers).state(of: "__transaction_state")
            guard let leader = state?.partitions.first?.leader else { return false }
            return leader > 0 && leader != dead.id
        }
        try dead.start()
    }
}
