// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// The defaults for a mock cluster, with a short linger.
func configuration(_ cluster: MockCluster) -> AsyncProducer.Configuration {
    var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
    configuration.batching.linger = .milliseconds(1)
    return configuration
}

/// Waits for something that nothing signals.
func eventually(
    within limit: Duration = .seconds(30),
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try !condition() {
        if ContinuousClock.now > end {
            Issue.record("not within \(limit): \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// With every trait off the library is what it is: this compiles and passes in every combination.
@Suite(.timeLimit(.minutes(1))) struct EveryCombination {
    @Test func delivers() async throws {
        try await withMockCluster(brokers: 1, topics: ["plain": 1]) { cluster in
            let producer = try await AsyncProducer(configuration(cluster))
            let place = try await producer.deliver(ProducerMessage(topic: "plain", value: "hello"))
            #expect(place.offset == 0)
            #expect(try await producer.close().statistics.succeeded == 1)
            // No tracer, no header, whatever traits are on.
            #expect(try await cluster.records(in: "plain").allSatisfy { $0.headers.isEmpty } || isTraced)
        }
    }

    /// Whether another test of this process has set up a tracer for all.
    private var isTraced: Bool {
        #if DistributedTracingSupport
        true
        #else
        false
        #endif
    }
}
