// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// A producer with short waits.
func makeProducer(
    _ servers: [String],
    _ change: (inout AsyncProducer.Configuration) -> Void = { _ in }
) async throws -> AsyncProducer {
    var configuration = AsyncProducer.Configuration(bootstrapServers: servers)
    configuration.batching.linger = .milliseconds(2)
    // What brokers that come and go have to say is looked at where a test is about it.
    configuration.logHandler = { _ in }
    change(&configuration)
    return try await AsyncProducer(configuration)
}

/// A topic for the length of `body`.
func withTopic<Result>(
    on servers: [String],
    partitions: Int = 1,
    settings: [String: String] = [:],
    _ body: (String) async throws -> Result
) async throws -> Result {
    let name = "test-\(UUID().uuidString.prefix(8).lowercased())"
    let topics = Topics(on: servers)
    try await topics.create(name, partitions: partitions, settings: settings)
    do {
        let result = try await body(name)
        try await topics.delete(name)
        return result
    } catch {
        try? await topics.delete(name)
        throw error
    }
}

/// The promise at the end of every test: the account adds up, nothing is in flight, nothing is buffered.
func expectSettled(
    _ producer: AsyncProducer,
    accepted: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let statistics = producer.statistics
    #expect(statistics.isBalanced, sourceLocation: sourceLocation)
    #expect(statistics.inFlight == 0, sourceLocation: sourceLocation)
    #expect(statistics.bufferedMessages == 0, sourceLocation: sourceLocation)
    #expect(statistics.bufferedBytes == 0, sourceLocation: sourceLocation)
    if let accepted { #expect(statistics.accepted == accepted, sourceLocation: sourceLocation) }
}

/// The outcome of one message, whichever it is.
func outcome(of message: ProducerMessage, from producer: AsyncProducer) async -> Result<Delivery, ProducerError> {
    do throws(ProducerError) {
        return .success(try await producer.deliver(message))
    } catch {
        return .failure(error)
    }
}
