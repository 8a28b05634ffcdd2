// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Lines that something blocking reads, on a queue of its own and only when asked for: while Kafka is slow the service
/// does not ask, and whoever writes the lines has to wait.
final class Lines: Sendable {
    private struct State {
        var waiting: CheckedContinuation<String?, Never>?
        var isReading = false
        /// Read for a caller who was cancelled meanwhile: the next one gets it.
        var ahead: String??
    }

    private let read: @Sendable () -> String?
    private let queue = DispatchQueue(label: "lines")
    private let state = Mutex(State())

    init(read: @escaping @Sendable () -> String? = { readLine() }) { self.read = read }

    /// The next line; nil at the end, and when the task is cancelled: a reader that blocks cannot hold up a stop.
    func next() async -> String? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustRead = state.withLock { state in
                    state.waiting = continuation
                    if state.isReading || state.ahead != nil { return false }
                    state.isReading = true
                    return true
                }
                if mustRead { queue.async { self.readOne() } }
                // Also for a task that was cancelled before it waited.
                if Task.isCancelled { resume(with: nil) } else { handOver() }
            }
        } onCancel: {
            resume(with: nil)
        }
    }

    private func readOne() {
        let line = read()
        state.withLock { state in
            state.isReading = false
            state.ahead = .some(line)
        }
        handOver()
    }

    /// Gives the line that was read to whoever waits for it.
    private func handOver() {
        let (waiting, line) = state.withLock { state -> (CheckedContinuation<String?, Never>?, String?) in
            guard state.waiting != nil, let line = state.ahead else { return (nil, nil) }
            state.ahead = nil
            return (state.waiting.take(), line)
        }
        waiting?.resume(returning: line)
    }

    private func resume(with line: String?) {
        state.withLock { state in state.waiting.take() }?.resume(returning: line)
    }
}
