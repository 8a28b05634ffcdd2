// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// A trap: a task made on the main actor runs on the main actor. A goroutine runs anywhere.
@MainActor
enum MainActorTasks {
    private final class Counts: Sendable {
        let inherited = Atomic(0)
        let detached = Atomic(0)
    }

    /// Two readers of failures, each of a producer whose `count` messages all fail, while the main thread is busy.
    ///
    /// - Returns: How many each had read when the detached one had read all.
    static func read(_ count: Int, brokers: [String]) async throws -> (inherited: Int, detached: Int) {
        let counts = Counts()
        let (first, second) = (try await producer(brokers), try await producer(brokers))
        // Looks like `go func`, and inherits the main actor.
        let inherited = Task {
            for await _ in first.errors { counts.inherited.add(1, ordering: .relaxed) }
        }
        // `Task.detached`, a child of a task group or `async let`, and an `@concurrent` function do not.
        let detached = Task.detached {
            for await _ in second.errors { counts.detached.add(1, ordering: .relaxed) }
        }
        for producer in [first, second] {
            for _ in 0..<count {
                _ = try producer.input.trySend(ProducerMessage(topic: "orders", partition: 77, value: "x"))
            }
        }
        // What a program should not do, and some do: keep the main thread busy.
        let end = ContinuousClock.now + .seconds(20)
        while counts.detached.load(ordering: .relaxed) < count, ContinuousClock.now < end {}
        let result = (counts.inherited.load(ordering: .relaxed), counts.detached.load(ordering: .relaxed))

        // Nothing is lost by it: what was not read waits, and the reader comes to it now.
        for producer in [first, second] { producer.asyncClose() }
        await inherited.value
        await detached.value
        return result
    }

    private static func producer(_ brokers: [String]) async throws(KafkaError) -> AsyncProducer {
        try await AsyncProducer(.init(bootstrapServers: brokers))
    }
}
