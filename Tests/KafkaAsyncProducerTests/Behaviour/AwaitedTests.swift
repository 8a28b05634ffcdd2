// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Outcomes that are awaited without a task for each.
@Suite(.timeLimit(.minutes(1))) struct AwaitedTests {
    @Test func outcomesComeInTheOrderOfTheMessages() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.returns.successes = .always
                $0.buffering.maximumMessages = 50
            }
            let messages = (0..<1_000).map { number in
                ProducerMessage(topic: number % 100 == 7 ? "not a topic" : "t", partition: 2, value: "\(number)")
            }
            let outcomes = await producer.deliver(contentsOf: messages)
            #expect(outcomes.count == 1_000)
            var offset: Int64 = 0
            for (number, outcome) in outcomes.enumerated() {
                switch outcome {
                case .success(let delivery):
                    #expect(delivery.partition == 2 && delivery.offset == offset)
                    offset += 1
                case .failure(let error):
                    #expect(number % 100 == 7 && error.error.code == .invalidTopic)
                    #expect(error.persistence == .notPersisted)
                }
            }
            #expect(offset == 990 && producer.statistics.unreadSuccesses == 0)
            try await producer.close()
            expectSettled(producer, accepted: 990)
        }
    }

    @Test func anOutcomeIsAwaitedTwiceLateOrNever() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let never = try await producer.submit(ProducerMessage(topic: "t", value: "never"))
            let twice = try await producer.submit(ProducerMessage(topic: "t", value: "twice"))
            async let first = twice.outcome
            async let second = twice.outcome
            #expect(try await first == second)
            try await producer.close()
            // Long after the producer is closed.
            #expect(try await twice.outcome.offset == 1)
            #expect(try await never.outcome.offset == 0)
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func aCancelledWaitLeavesTheOutcomeToOthers() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            let pending = try await producer.submit(ProducerMessage(topic: "t", value: "x"))
            let waiting = Task { try await pending.outcome }
            waiting.cancel()
            await #expect { try await waiting.value } throws: {
                let error = $0 as? ProducerError
                return error?.error.code == .cancelled && error?.persistence == .possiblyPersisted
            }
            try await cluster.brokerUp()
            #expect(try await pending.outcome.offset == 1)
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func aFailureIsTheOutcome() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let pending = try await producer.submit(ProducerMessage(topic: "t", partition: 9, value: "x"))
            await #expect { try await pending.outcome } throws: {
                ($0 as? ProducerError)?.error.code == .unknownPartition
            }
            try await producer.close()
            expectSettled(producer, accepted: 1)
        }
    }
}
