// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Messages at a steady rate, and a journal of their outcomes.
struct Load: Sendable {
    let producer: AsyncProducer
    let journal: Journal
    let topic: Topic
    private let stop = StopFlag()
    private let tasks: [Task<Void, Never>]
    private let sender: Task<Int, any Error>
    private let others = Counter()

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    /// Starts to send; `rate` is in messages per second.
    init(_ producer: AsyncProducer, topic name: String, rate: Int, capacity: Int = 1_000_000) throws {
        self.producer = producer
        let (journal, topic, stop) = (Journal(capacity: capacity), try producer.topic(name), stop)
        (self.journal, self.topic) = (journal, topic)
        tasks = [
            Task { for await batch in producer.successes.batches { journal.record(batch) } },
            Task { for await error in producer.errors { journal.record(error) } },
        ]
        sender = Task {
            try await Self.send(producer, topic, journal, rate: rate, count: capacity, until: stop)
        }
    }

    /// Returns the number of messages that were accepted.
    private static func send(
        _ producer: AsyncProducer,
        _ topic: Topic,
        _ journal: Journal,
        rate: Int,
        count: Int,
        until stop: StopFlag
    ) async throws -> Int {
        let value = [UInt8](repeating: UInt8(ascii: "v"), count: 100)
        let start = ContinuousClock.now
        var number = 0
        while !stop.isSet, number < count {
            // As many as are due by now: a send that had to wait is made up for.
            let due = min(count, Int((ContinuousClock.now - start) / .microseconds(1)) * rate / 1_000_000)
            while number < due, !stop.isSet {
                let message = ProducerMessage(topic: topic, key: "\(number)", value: value)
                journal.begin(number)
                // A fatal error ends the load: what was accepted before it is looked at all the same.
                guard try await isAccepted(message, by: producer) else { return number }
                number += 1
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return number
    }

    private static func isAccepted(_ message: ProducerMessage, by producer: AsyncProducer) async throws -> Bool {
        do {
            try await producer.input.send(message)
            return true
        } catch {
            if error.isFatal { return false }
            throw error
        }
    }

    /// Sends a message that is not one of the load and has no place in its journal; waits for its outcome.
    func deliverAnother(_ message: ProducerMessage) async throws(ProducerError) {
        others.count.add(1, ordering: .relaxed)
        _ = try await producer.deliver(message)
    }

    /// How many of those there were.
    var otherCount: Int { others.count.load(ordering: .relaxed) }

    /// How many have been delivered by now.
    var delivered: Int { producer.statistics.succeeded }

    /// Stops sending, closes the producer, and returns the number of messages that were accepted.
    func finish(deadline: Duration = .seconds(60)) async throws -> Int {
        stop.set()
        let accepted = try await sender.value
        // Failures are read by the journal.
        try await producer.close(deadline: deadline)
        for task in tasks { await task.value }
        return accepted
    }
}
