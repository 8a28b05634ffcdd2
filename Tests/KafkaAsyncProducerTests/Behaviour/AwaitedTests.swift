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

    /// Whoever is cancelled sends no more, and what was sent by then is counted.
    @Test func aCancelledCallerOfManySendsNoMore() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = 250 }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            let waiting = Task {
                await producer.deliver(contentsOf: (0..<1_000).map { ProducerMessage(topic: "t", value: "\($0)") })
            }
            try await eventually("there is no room") { producer.statistics.waitingSenders == 1 }
            waiting.cancel()
            let outcomes = await waiting.value
            #expect(outcomes.count == 1_000)
            for (number, outcome) in outcomes.enumerated() {
                guard case .failure(let error) = outcome else {
                    Issue.record("message \(number) was delivered")
                    return
                }
                #expect(error.error.code == .cancelled && error.message.value?.string == "\(number)")
                #expect(error.persistence == (number < 250 ? .possiblyPersisted : .notPersisted))
            }
            try await cluster.brokerUp()
            try await producer.close()
            expectSettled(producer, accepted: 251)
            #expect(try await cluster.records(in: "t").count == 251)
        }
    }

    @Test func aFailureIsTheOutcome() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let headers = [RecordHeader("h", "v")]
            let message = ProducerMessage(
                topic: "t",
                partition: 9,
                value: "x",
                headers: headers,
                metadata: "mine"
            )
            // Before the partitions are known, and after.
            for _ in 0..<2 {
                let pending = try await producer.submit(message)
                let error = await #expect(throws: ProducerError.self) { try await pending.outcome }
                #expect(error?.error.code == .unknownPartition && error?.message.headers == headers)
                #expect(error?.message.metadata as? String == "mine")
            }
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }
}
