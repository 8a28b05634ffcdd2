// SPDX-License-Identifier: Apache-2.0

import CMeasure
import Dispatch
import Synchronization

/// Runs a task on one thread that it may block, and whose CPU time is the sender's.
final class SenderThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let wakeUps = DispatchSemaphore(value: 0)

    /// The thread stays until the process ends.
    init() throws {
        let started = bench_start_thread(
            { argument in
                guard let argument else { return }
                Unmanaged<SenderThread>.fromOpaque(argument).takeRetainedValue().run()
            },
            Unmanaged.passRetained(self).toOpaque()
        )
        guard started else { throw BenchError("no thread for the sender") }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        wakeUps.signal()
    }

    private func run() -> Never {
        while true {
            wakeUps.wait()
            let job = jobs.withLock { $0.removeFirst() }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
