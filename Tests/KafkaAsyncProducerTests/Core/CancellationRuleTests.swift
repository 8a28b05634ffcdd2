// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// One rule for every way to send: a cancelled task is noticed within 1,000 messages, room or not.
@Suite(.timeLimit(.minutes(1))) struct CancellationRuleTests {
    private static let limit = 1_000

    private func withProducer(_ body: @escaping @Sendable (AsyncProducer) async throws -> Void) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .never }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            let task = Task {
                // Not before it is cancelled: a thousand sends take a millisecond.
                while !Task.isCancelled { await Task.yield() }
                try await body(producer)
            }
            task.cancel()
            try await task.value
            try await producer.close()
            expectSettled(producer)
        }
    }

    @Test func sendsInACancelledTaskEnd() async throws {
        try await withProducer { producer in
            var count = 0
            let error = await #expect(throws: KafkaError.self) {
                while count <= Self.limit {
                    try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                    count += 1
                }
            }
            #expect(error?.code == .cancelled)
            #expect(producer.statistics.accepted == count + 1)
        }
    }

    @Test func borrowedSendsInACancelledTaskEnd() async throws {
        try await withProducer { producer in
            var count = 0
            let error = await #expect(throws: KafkaError.self) {
                while count <= Self.limit {
                    try await producer.input.send(to: "t", value: [1].span)
                    count += 1
                }
            }
            #expect(error?.code == .cancelled)
            #expect(producer.statistics.accepted == count + 1)
        }
    }

    @Test func anEndlessSequenceInACancelledTaskEnds() async throws {
        try await withProducer { producer in
            // Ends by itself, much too late, so that the test ends in any case.
            let messages = (0..<100_000).lazy.map { ProducerMessage(topic: "t", value: "\($0)") }
            let error = await #expect(throws: AsyncProducer.PartialSendError.self) {
                try await producer.input.send(contentsOf: messages)
            }
            #expect(error?.cause.code == .cancelled)
            #expect((error?.acceptedCount ?? .max) <= Self.limit)
            #expect(producer.statistics.accepted == (error?.acceptedCount ?? 0) + 1)
        }
    }

    @Test func aLongArrayInACancelledTaskEnds() async throws {
        try await withProducer { producer in
            let messages = (0..<20_000).map { ProducerMessage(topic: "t", value: "\($0)") }
            let error = await #expect(throws: AsyncProducer.PartialSendError.self) {
                try await producer.input.send(contentsOf: messages)
            }
            #expect(error?.cause.code == .cancelled)
            #expect((error?.acceptedCount ?? .max) <= Self.limit)
        }
    }

    /// Tasks that send in turn: each comes to be the one that looks, however many there are.
    @MainActor @Test(arguments: [2, 4, 8, 32, 64, 128]) func oneOfManyThatSendInTurnEnds(tasks: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .never }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            let stop = StopFlag()
            @MainActor func send(isBorrowed: Bool) async throws -> Int {
                var count = 0
                while !stop.isSet, count <= Self.limit {
                    if isBorrowed {
                        try await producer.input.send(to: "t", value: [1].span)
                    } else {
                        try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                    }
                    // The sends of those that are cancelled are counted.
                    if Task.isCancelled { count += 1 }
                    await Task.yield()
                }
                return count
            }
            // On one actor, one after the other.
            let others = (0..<tasks / 2).map { number in
                Task { @MainActor in try await send(isBorrowed: number.isMultiple(of: 2)) }
            }
            let cancelled = (0..<tasks / 2).map { number in
                Task { @MainActor in try await send(isBorrowed: number.isMultiple(of: 2)) }
            }
            for task in cancelled { task.cancel() }
            for task in cancelled {
                let error = await #expect(throws: KafkaError.self) { _ = try await task.value }
                #expect(error?.code == .cancelled)
            }
            stop.set()
            for task in others { _ = try await task.value }
            try await producer.close()
            expectSettled(producer)
        }
    }

    @MainActor private final class StopFlag {
        private(set) var isSet = false

        func set() { isSet = true }
    }

    /// Nobody would learn the outcome.
    @Test func deliverInACancelledTaskSendsNothing() async throws {
        try await withProducer { producer in
            let error = await #expect(throws: ProducerError.self) {
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "x"))
            }
            #expect(error?.error.code == .cancelled)
            #expect(error?.persistence == .notPersisted)
            let message = ProducerMessage(topic: "t", value: "x")
            let outcomes = await producer.deliver(contentsOf: [message, message, message])
            #expect(outcomes.count == 3)
            for outcome in outcomes {
                let error = #expect(throws: ProducerError.self) { try outcome.get() }
                #expect(error?.error.code == .cancelled && error?.persistence == .notPersisted)
            }
            let refusal = await #expect(throws: KafkaError.self) {
                _ = try await producer.submit(ProducerMessage(topic: "t", value: "x"))
            }
            #expect(refusal?.code == .cancelled)
            #expect(producer.statistics.accepted == 1)
        }
    }

    @MainActor private final class Other {
        var hadItsTurn = false
    }

    /// On an actor: what else is to run there gets its turn, though no send has to wait.
    @MainActor @Test func aLoopThatNeverWaitsGivesUpItsThread() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .never }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            for isBorrowed in [false, true] {
                let other = Other()
                Task { @MainActor in other.hadItsTurn = true }
                for _ in 0..<20_000 {
                    if isBorrowed {
                        try await producer.input.send(to: "t", value: [1].span)
                    } else {
                        try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                    }
                }
                #expect(other.hadItsTurn)
            }
            try await producer.close()
            expectSettled(producer, accepted: 40_001)
        }
    }
}
