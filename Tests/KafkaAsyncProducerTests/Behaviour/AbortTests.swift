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

    /// What librdkafka has is dropped with its client; another takes over, and senders notice nothing but time.
    @Test func whatIsUnderWayIsDroppedAndTheNextClientGoesOn() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            for round in 1...3 {
                try await cluster.delayNext(.produce, by: .seconds(30), on: 1, with: .notLeaderOrFollower)
                let requests = try #require(producer.core.metadata.client).requests
                let sent = requests.total([])
                for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
                try await eventually("the request is sent") { requests.total([]) > sent }
                producer.abort()
                let after = try await producer.deliver(ProducerMessage(topic: "t", value: "after \(round)"))
                #expect(after.partition == 0)
                #expect(producer.statistics.retiredClients == round)
                #expect(producer.statistics.failed == 100 * round)
            }
            let errors = try await undelivered(by: producer, deadline: .seconds(10)).errors
            #expect(errors.allSatisfy { [.purgedFromQueue, .purgedInFlight].contains($0.error.code) })
            #expect(errors.allSatisfy { !$0.error.isRetriable })
            #expect(producer.fatalError == nil)
            expectSettled(producer, accepted: 304)
        }
    }

    @Test func anAbortWithNothingUnderWayKeepsTheClient() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.batching.linger = .seconds(60) }
            producer.abort()
            for _ in 0..<3 {
                try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                producer.abort()
            }
            try await producer.flush()
            #expect(producer.statistics.failed == 3)
            #expect(producer.statistics.retiredClients == 0)
            let errors = try await undelivered(by: producer, deadline: .seconds(10)).errors
            #expect(errors.allSatisfy { $0.error.code == .purgedFromQueue && $0.persistence == .notPersisted })
            expectSettled(producer, accepted: 3)
        }
    }
}
