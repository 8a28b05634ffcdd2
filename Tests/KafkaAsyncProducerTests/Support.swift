// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// A producer for a mock cluster, with short waits.
func makeProducer(
    _ cluster: MockCluster,
    _ change: (inout AsyncProducer.Configuration) -> Void = { _ in }
) async throws -> AsyncProducer {
    var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
    configuration.batching.linger = .milliseconds(1)
    change(&configuration)
    return try await AsyncProducer(configuration)
}

/// The promise at the end of every test: the account adds up, nothing is in flight, nothing is buffered.
func expectSettled(
    _ producer: AsyncProducer,
    accepted: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let statistics = producer.statistics
    #expect(statistics.accepted == statistics.succeeded + statistics.failed, sourceLocation: sourceLocation)
    #expect(statistics.inFlight == 0, sourceLocation: sourceLocation)
    #expect(statistics.bufferedMessages == 0, sourceLocation: sourceLocation)
    #expect(statistics.bufferedBytes == 0, sourceLocation: sourceLocation)
    #expect(statistics.failedByCause.values.reduce(0, +) == statistics.failed, sourceLocation: sourceLocation)
    if let accepted { #expect(statistics.accepted == accepted, sourceLocation: sourceLocation) }
}

/// Waits for something that nothing signals, such as the end of a thread of librdkafka's.
func eventually(
    within limit: Duration = .seconds(30),
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        if ContinuousClock.now > end {
            Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Reads all successes until the stream ends.
func countSuccesses(_ producer: AsyncProducer) async -> Int {
    var count = 0
    for await _ in producer.successes { count += 1 }
    return count
}

/// Reads all errors until the stream ends.
func collectErrors(_ producer: AsyncProducer) async -> [ProducerError] {
    var errors: [ProducerError] = []
    for await error in producer.errors { errors.append(error) }
    return errors
}

/// The failures of a close that was to fail.
func undelivered(
    by producer: AsyncProducer,
    deadline: Duration,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> ProducerErrors {
    do {
        try await producer.close(deadline: deadline)
    } catch .undelivered(let errors) {
        return errors
    }
    Issue.record("close was to report undelivered messages", sourceLocation: sourceLocation)
    throw CancellationError()
}
