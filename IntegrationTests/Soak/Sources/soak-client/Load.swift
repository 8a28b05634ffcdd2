// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization

/// Messages at a steady rate for a while, and a line of what the process holds every few seconds.
struct Load {
    let configuration: AsyncProducer.Configuration
    let seconds: Int
    let rate: Int

    private final class Counter: Sendable {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        func add(_ count: Int) { number.add(count, ordering: .relaxed) }
    }

    private final class Slowest: Sendable {
        private let latency = Mutex(Duration.zero)

        func note(_ new: Duration?) { latency.withLock { $0 = max($0, new ?? .zero) } }

        func take() -> Duration {
            latency.withLock { latency in
                defer { latency = .zero }
                return latency
            }
        }
    }

    func run() async throws {
        var configuration = configuration
        let timeout = Duration.seconds(20)
        configuration.delivery.timeout = timeout
        let producer = try await AsyncProducer(configuration)
        let slowest = Slowest()
        let read = Counter()
        let failed = Counter()
        // Started before the first send: every success is to be seen.
        let successes = Task {
            for await batch in producer.successes.batches {
                read.add(batch.count)
                slowest.note(batch.first?.latency)
            }
        }
        let errors = Task {
            for await error in producer.errors {
                failed.add(1)
                if error.error.code == .messageTimedOut { slowest.note(timeout) }
            }
        }
        let accepted = Task { try await send(producer) }
        let start = ContinuousClock.now
        for number in 1...max(1, seconds / 5) {
            try await Task.sleep(until: start + .seconds(5 * number))
            sample(producer, slowest.take(), after: 5 * number)
        }
        let count = try await accepted.value
        _ = try? await producer.close()
        _ = await (successes.value, errors.value)
        let statistics = producer.statistics
        say("account \(statistics)")
        let isKept =
            statistics.isBalanced && statistics.inFlight == 0 && statistics.bufferedMessages == 0
            && statistics.bufferedBytes == 0 && statistics.accepted == count
            && statistics.succeeded == read.count
            && statistics.failed == failed.count
        // No fault lasts long enough for one.
        let timedOut = statistics.failedByCause[.messageTimedOut] ?? 0
        let isGood = isKept && timedOut == 0
        say(isGood ? "ended 0" : "failed 0: \(count) accepted, \(read.count) read, \(timedOut) timed out")
    }

    private func send(_ producer: AsyncProducer) async throws -> Int {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        var number = 0
        while ContinuousClock.now < end {
            // As many as are due by now: a send that had to wait is made up for.
            let due = Int((ContinuousClock.now - start) / .microseconds(1)) * rate / 1_000_000
            while number < due {
                // Keys that only few messages share, among them none.
                let key: KafkaBytes? = number.isMultiple(of: 3) ? nil : KafkaBytes("\(number % 500)")
                try await producer.input.send(ProducerMessage(topic: "soak", key: key, value: "message \(number)"))
                number += 1
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        return number
    }

    private func sample(_ producer: AsyncProducer, _ slowest: Duration, after seconds: Int) {
        let statistics = producer.statistics
        guard statistics.isBalanced else { return say("failed 0 not balanced: \(statistics)") }
        let resources = Resources.now()
        say(
            "sample \(seconds) \(resources.residentBytes) \(resources.threads) \(resources.descriptors) "
                + "\(statistics.succeeded) \(statistics.failed) \(statistics.bufferedMessages) "
                + "\(Int(slowest / .milliseconds(1)))"
        )
    }
}
