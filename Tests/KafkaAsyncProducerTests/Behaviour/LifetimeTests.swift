// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Counts the process's threads and descriptors, so nothing else may run meanwhile.
@Suite(.serialized) struct LifetimeTests {
    @Test func theLastReferenceDroppedWithAFullQueue() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let (lines, log) = AsyncStream.makeStream(of: LogEntry.self)
            var producer: AsyncProducer? = try await makeProducer(cluster) {
                $0.batching.linger = .seconds(60)
                $0.buffering.maximumMessages = 9_000
                $0.logHandler = { log.yield($0) }
            }
            let successes = try #require(producer).successes
            let errors = try #require(producer).errors
            for _ in 0..<9_000 { try await producer?.input.send(ProducerMessage(topic: "t", value: "x")) }
            producer = nil
            // The streams outlive the producer and end with the last outcome.
            var failed = 0
            for await error in errors {
                #expect(error.error.code == .purgedFromQueue || error.error.code == .purgedInFlight)
                failed += 1
            }
            var succeeded = 0
            for await _ in successes { succeeded += 1 }
            #expect(failed + succeeded == 9_000)
            let warning = await lines.first { $0.facility == "CLOSE" }
            #expect(warning?.message.contains("messages in flight are purged") == true)
        }
    }

    @Test func afterAsyncCloseTheLastReferenceMayGo() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            var producer: AsyncProducer? = try await makeProducer(cluster) {
                $0.batching.linger = .seconds(60)
                $0.returns.successes = .always
            }
            let (successes, errors) = try #require(producer.map { ($0.successes, $0.errors) })
            for _ in 0..<5_000 { try await producer?.input.send(ProducerMessage(topic: "t", value: "x")) }
            producer?.asyncClose()
            producer = nil
            var succeeded = 0
            for await _ in successes { succeeded += 1 }
            #expect(succeeded == 5_000)
            for await error in errors { Issue.record("\(error)") }
        }
    }

    @Test func inputKeepsTheProducerAlive() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            var producer: AsyncProducer? = try await makeProducer(cluster)
            let input = try #require(producer).input
            let successes = try #require(producer).successes
            producer = nil
            for _ in 0..<100 { try await input.send(ProducerMessage(topic: "t", value: "x")) }
            var iterator = successes.makeAsyncIterator()
            for _ in 0..<100 { #expect(await iterator.next() != nil) }
        }
    }
}
