// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KafkaAsyncProducer
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Says so when a life makes no progress, on a thread that no task can hold.
final class Watch: Sendable {
    /// After which a life stands still.
    private static let patience = Duration.seconds(20)

    private struct Subject: Sendable {
        let life: Life
        weak var producer: AsyncProducer?
        var statistics: Statistics?
        var since: ContinuousClock.Instant
        var isReported = false
    }

    private let subjects = Mutex<[Int: Subject]>([:])

    func begin(_ life: Life, _ producer: AsyncProducer) {
        subjects.withLock { $0[life.number] = Subject(life: life, producer: producer, since: .now) }
    }

    func end(_ number: Int) { subjects.withLock { $0[number] = nil } }

    func start() { look(on: DispatchQueue(label: "soak-watch")) }

    private func look(on thread: DispatchQueue) {
        thread.asyncAfter(deadline: .now() + .seconds(1)) { [self] in
            for text in standstills() { say("stalled \(text)") }
            look(on: thread)
        }
    }

    /// The lives that have just been found to stand still, with all that their producers know.
    private func standstills() -> [String] {
        let subjects = subjects.withLock { $0 }
        var texts: [String] = []
        for (number, subject) in subjects {
            // Asked outside of the lock: this is the one call that may find it held.
            let statistics = subject.producer?.statistics
            let isMoving = statistics != subject.statistics
            let stands = !isMoving && ContinuousClock.now - subject.since > Self.patience && !subject.isReported
            if stands {
                let state =
                    subject.producer.map { "\($0.statistics)\n\(String(reflecting: $0))" } ?? "the producer is gone"
                texts.append("\(number) \(subject.life)\n\(state)")
            }
            self.subjects.withLock { subjects in
                guard subjects[number] != nil else { return }
                if isMoving { subjects[number]?.since = .now }
                subjects[number]?.statistics = statistics
                if stands { subjects[number]?.isReported = true }
            }
        }
        return texts
    }
}
