// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Synchronization
import Testing

/// A reading task that was started before the first send is a reader, however late it gets to run.
@Suite(.timeLimit(.minutes(1))) struct LateReaderTests {
    /// Opens once, for all who wait.
    private struct Gate {
        private let stream = AsyncStream.makeStream(of: Void.self)

        func open() { stream.continuation.finish() }

        func pass() async { for await _ in stream.stream {} }
    }

    @Test(arguments: [100_000, 130_000]) func aReaderThatIsHeldUntil100000AreReportedSeesAll(count: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster)
            let gate = Gate()
            let reader = Task {
                await gate.pass()
                return await countSuccesses(producer)
            }
            // What is beyond the budget waits for the reader, for up to a second.
            let sender = Task { for _ in 0..<count { try await producer.input.send(to: "t", value: [1].span) } }
            try await eventually("100,000 are reported") {
                producer.statistics.succeeded >= 100_000
            }
            gate.open()
            try await sender.value
            producer.asyncClose()
            #expect(await reader.value == count)
            #expect(producer.statistics.discardedSuccesses == 0)
            expectSettled(producer, accepted: count)
        }
    }

    /// Between two loops there is no reader, and what the second one is to see must be there.
    @Test func aLoopThatIsLeftAndTakenUpAgainLosesNothing() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster)
            let sender = Task { for _ in 0..<90_000 { try await producer.input.send(to: "t", value: [1].span) } }
            var seen = 0
            for await _ in producer.successes {
                seen += 1
                if seen == 1_000 { break }
            }
            try await sender.value
            try await producer.flush()
            producer.asyncClose()
            seen += await countSuccesses(producer)
            #expect(seen == 90_000)
            expectSettled(producer, accepted: 90_000)
        }
    }

    /// The wait for a reader is one of up to a second, once: who never reads is not slowed by it again.
    @Test func whoNeverReadsWaitsOnce() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = 100 }
            let start = ContinuousClock.now
            for _ in 0..<5_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            #expect(ContinuousClock.now - start < .seconds(4))
            try await producer.close()
            #expect(producer.statistics.succeeded == 5_000)
            expectSettled(producer, accepted: 5_000)
        }
    }

    /// It never waits, so it lets go of what nobody reads.
    @Test func tryingLetsGoOfWhatNobodyReads() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = 100 }
            for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            try await producer.flush()
            #expect(producer.statistics.unreadSuccesses == 100)
            #expect(try producer.input.trySend(ProducerMessage(topic: "t", value: "x")) == .accepted)
            #expect(producer.statistics.discardedSuccesses > 0)
            try await producer.close()
            expectSettled(producer, accepted: 101)
        }
    }
}
