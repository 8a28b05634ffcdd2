// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// The proof that everything a request needs works: tasks run, messages leave, brokers answer.
///
/// Each beat is a message that was delivered. Who looks whether it is late must not need what is to be proved: the watch
/// runs on a thread, see `Health.swift`, and not in a task.
final class Heartbeat: Sendable {
    /// What a look at it may find out.
    enum Change: Hashable { case lost, back }

    private struct State {
        var last: ContinuousClock.Instant
        var isLost = false
    }

    private let limit: Duration
    private let state: Mutex<State>

    init(limit: Duration, now: ContinuousClock.Instant = .now) {
        self.limit = limit
        state = Mutex(State(last: now))
    }

    /// Beats until the task is cancelled.
    func run(_ producer: AsyncProducer, topic: Topic, every interval: Duration) async {
        while !Task.isCancelled {
            // A failure is no beat, and that is all there is to say about it here.
            if (try? await producer.deliver(ProducerMessage(topic: topic, value: "beat"))) != nil { beat() }
            try? await Task.sleep(for: interval)
        }
    }

    func beat(now: ContinuousClock.Instant = .now) { state.withLock { $0.last = now } }

    func age(now: ContinuousClock.Instant = .now) -> Duration { state.withLock { now - $0.last } }

    var isLost: Bool { state.withLock { $0.isLost } }

    /// Tells once when the beat is lost, and once when it is back.
    func check(now: ContinuousClock.Instant = .now) -> Change? {
        state.withLock { state in
            let isLost = now - state.last > limit
            guard isLost != state.isLost else { return nil }
            state.isLost = isLost
            return isLost ? .lost : .back
        }
    }
}
