// SPDX-License-Identifier: Apache-2.0

import CRequestService
import Foundation
import KafkaAsyncProducer
import Synchronization

/// Says on a socket of its own how the service is. Everything here runs on threads of its own, none of it in a task: when
/// tasks hang, this is what must not hang with them.
final class Health: Sendable {
    private let listener: Listener
    private let heartbeat: Heartbeat
    private let producer: AsyncProducer
    private let counts: @Sendable () -> Server.Counts
    private let memory = Mutex(MemoryHistory())
    private let start = ContinuousClock.now
    private let isStopped = Atomic(false)

    init(
        _ listener: Listener,
        heartbeat: Heartbeat,
        producer: AsyncProducer,
        counts: @escaping @Sendable () -> Server.Counts
    ) {
        self.listener = listener
        self.heartbeat = heartbeat
        self.producer = producer
        self.counts = counts
    }

    /// Looks after the heartbeat and the memory at each interval, and answers whoever connects, until ``stop()``.
    func run(every interval: Duration = .seconds(1), log: @escaping @Sendable (String) -> Void) {
        Thread.detachNewThread { [self] in
            while !isStopped.load(ordering: .relaxed) {
                look(log)
                Thread.sleep(forTimeInterval: interval / .seconds(1))
            }
        }
        listener.accept { [self] client in
            let bytes = Array(report.utf8)
            _ = socket_write(client, bytes, bytes.count, 1)
            close(client)
        }
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        listener.stop()
    }

    private func look(_ log: (String) -> Void) {
        memory.withLock { $0.add(MemoryHistory.heapInUse) }
        switch heartbeat.check() {
        case .lost: log("no heartbeat for \(seconds(heartbeat.age())) s: \(producer.inFlightCount) in flight")
        case .back: log("the heartbeat is back")
        case nil: break
        }
    }

    /// The first word is the verdict; the rest is for people.
    var report: String {
        let (requests, account) = (counts(), producer.statistics)
        let verdict =
            if let error = producer.fatalError { "failing: \(error)" } else if heartbeat.isLost {
                "failing: no heartbeat"
            } else { "ok" }
        return """
            \(verdict)
            up for \(seconds(ContinuousClock.now - start)) s, last heartbeat \(seconds(heartbeat.age())) s ago
            requests: \(requests.handled) handled, \(requests.busy) busy, \(requests.failed) failed, \
            \(requests.atWork) at work, \(requests.connections) connections
            producer: accepted \(account.accepted), succeeded \(account.succeeded), failed \(account.failed), \
            in flight \(account.inFlight), buffered \(account.bufferedBytes) B
            \(memory.withLock { $0.description })

            """
    }

    private func seconds(_ duration: Duration) -> Int { Int(duration / .seconds(1)) }
}
