// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// What a body throws in these tests.
struct BodyError: Error, Equatable {}

func makeTransactionalProducer(
    _ cluster: MockCluster,
    _ change: (inout AsyncProducer.Configuration) -> Void = { _ in }
) async throws -> AsyncProducer {
    try await makeProducer(cluster) { configuration in
        configuration.transactionalID = "tests"
        configuration.logHandler = { _ in }
        change(&configuration)
    }
}

/// The error of a transaction that was to fail.
func transactionError(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async throws -> TransactionError {
    let error = await #expect(throws: TransactionError.self, sourceLocation: sourceLocation) { try await body() }
    return try #require(error, sourceLocation: sourceLocation)
}

/// The error of a call that was to be refused.
func kafkaError(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async throws -> KafkaError {
    let error = await #expect(throws: KafkaError.self, sourceLocation: sourceLocation) { try await body() }
    return try #require(error, sourceLocation: sourceLocation)
}

/// Closes, whatever messages of aborted transactions nobody has read; then the account must be settled.
func closeAndExpectSettled(
    _ producer: AsyncProducer,
    accepted: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    do {
        try await producer.close(deadline: .seconds(10))
    } catch .undelivered {
        // The failures of aborted transactions.
    }
    expectSettled(producer, accepted: accepted, sourceLocation: sourceLocation)
}
