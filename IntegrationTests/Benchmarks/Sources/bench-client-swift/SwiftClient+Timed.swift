// SPDX-License-Identifier: Apache-2.0

import CMeasure
import Dispatch
import KafkaAsyncProducer
import Scenarios

extension SwiftClient {
    /// Awaits each message's own outcome, in `parallel` tasks.
    func deliver(_ count: Int, in parallel: Int) async throws -> Reading {
        let topic = topics[0]
        return try await withThrowingTaskGroup(of: Reading.self) { group in
            for task in 0..<parallel {
                let share = count / parallel + (task < count % parallel ? 1 : 0)
                group.addTask {
                    var reading = Reading()
                    for _ in 0..<share {
                        let delivery = try await producer.deliver(ProducerMessage(topic: topic, value: value))
                        reading.offsetSum &+= delivery.offset ?? 0
                        reading.seen += 1
                    }
                    return reading
                }
            }
            return try await group.reduce(into: Reading()) { total, part in
                total.seen += part.seen
                total.offsetSum &+= part.offsetSum
            }
        }
    }

    /// Sends each message when it is due, or at once when that is past.
    func sendPaced(_ count: Int, _ timing: Timing) async throws {
        let topic = topics[0]
        // C waits between messages by blocking its thread. The same here keeps the wait out of the comparison, and needs
        // a thread that is not of Swift's pool.
        try await withTaskExecutorPreference(PacingExecutor()) {
            for sent in 0..<count {
                bench_wait_until_ns(timing.due(sent))
                try await producer.input.send(ProducerMessage(topic: topic, value: value))
            }
        }
    }
}

/// Runs a task on a thread that it may block.
private final class PacingExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "pacing")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
