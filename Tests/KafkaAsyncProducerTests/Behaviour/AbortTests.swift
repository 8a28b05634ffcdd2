// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import RDKafka
import Testing

@testable import KafkaAsyncProducer

@Suite struct AbortTests {
    @Test func abortDropsWhatIsBufferedAndTheProducerGoesOn() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.batching.linger = .seconds(60) }
            // Once the partitions are known, all messages wait in their queues.
            _ = try producer.topic("t")
            _ = try await producer.metadata(for: "t")
            for _ in 0..<1_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            producer.abort()
            try await producer.flush()
            // Nothing is in flight: this one must not fall on what comes after it.
            producer.abort()
            let statistics = producer.statistics
            #expect(statistics.failed == 1_000)
            #expect(statistics.inFlight == 0)
            try await producer.input.send(ProducerMessage(topic: "t", value: "after"))
            try await producer.flush()
            #expect(producer.statistics.succeeded == statistics.succeeded + 1)
            let errors = try await undelivered(by: producer, deadline: .seconds(10))
            #expect(errors.errors.count == statistics.failed)
            expectSettled(producer, accepted: 1_001)
        }
    }

    /// librdkafka's threads may get to a purge after everything it was for has its outcome, and drop what was sent since.
    @Test func aFlushWaitsForTheEndOfAnAbort() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.batching.linger = .seconds(60) }
            try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
            let client = try #require(producer.core.update { state, _ in state.beginPurge() })
            client.purge(waits: true)
            try await eventually("the message is dropped") { producer.statistics.inFlight == 0 }
            await #expect {
                try await producer.flush(deadline: .milliseconds(20))
            } throws: {
                ($0 as? KafkaError)?.code == .deadlineExceeded
            }
            async let flushed: Void = producer.flush()
            try await eventually("the flush waits") { producer.core.withState { !$0.closing.flushes.isEmpty } }
            #expect(producer.core.update { $0.endPurge(at: Uptime.now, &$1) } == false)
            try await flushed
            // A closing producer accepts nothing more that an abort could drop: nobody has to wait for its end.
            try await producer.input.send(ProducerMessage(topic: "t", value: "y"))
            let again = try #require(producer.core.update { state, _ in state.beginPurge() })
            again.purge(waits: true)
            try await eventually("the message is dropped") { producer.statistics.inFlight == 0 }
            let errors = try await undelivered(by: producer, deadline: .seconds(10))
            #expect(errors.errors.map(\.error.code) == [.purgedFromQueue, .purgedFromQueue])
            try await producer.flush(deadline: .milliseconds(20))
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func abortsInARowAreOne() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.batching.linger = .seconds(60) }
            #expect(producer.core.update { state, _ in state.beginPurge() } == nil)
            try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
            let client = try #require(producer.core.update { state, _ in state.beginPurge() })
            // Another one while it runs makes it run again, but not if there is nothing left to drop by then.
            #expect(producer.core.update { state, _ in state.beginPurge() } == nil)
            #expect(producer.core.update { $0.endPurge(at: Uptime.now, &$1) })
            #expect(producer.core.update { state, _ in state.beginPurge() } == nil)
            client.purge(waits: true)
            try await eventually("the message is dropped") { producer.statistics.inFlight == 0 }
            #expect(producer.core.update { $0.endPurge(at: Uptime.now, &$1) } == false)
            try await producer.flush()
            #expect(try await undelivered(by: producer, deadline: .seconds(10)).errors.count == 1)
        }
    }
}
