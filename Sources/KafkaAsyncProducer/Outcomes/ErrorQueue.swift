// SPDX-License-Identifier: Apache-2.0

/// Failed messages on their way to readers or to `close`. They have left the budget, so they have a bound of their
/// own: beyond it the oldest are dropped and counted by cause.
struct ErrorQueue<Reader> {
    let maximumCount: Int
    let maximumBytes: Int
    private(set) var bytes = 0
    private(set) var dropped: [KafkaError.Code: Int] = [:]
    private(set) var iterators = 0
    private(set) var isFinished = false
    var readers = WaiterQueue<Reader>()
    private var errors = FIFO<(error: ProducerError, bytes: Int)>()

    init(maximumCount: Int, maximumBytes: Int) {
        self.maximumCount = maximumCount
        self.maximumBytes = maximumBytes
    }

    var count: Int { errors.count }

    /// Returns what was dropped for it, to be freed outside of any lock: what senders attached is theirs.
    mutating func append(_ error: ProducerError, bytes size: Int) -> [ProducerError] {
        errors.append((error, size))
        bytes += size
        var oldestDropped: [ProducerError] = []
        // The newest is kept even when it alone passes the bound.
        while errors.count > maximumCount || bytes > maximumBytes, errors.count > 1, let oldest = errors.popFirst() {
            bytes -= oldest.bytes
            dropped[oldest.error.error.code, default: 0] += 1
            oldestDropped.append(oldest.error)
        }
        return oldestDropped
    }

    mutating func take() -> ProducerError? {
        guard let entry = errors.popFirst() else { return nil }
        bytes -= entry.bytes
        return entry.error
    }

    mutating func takeAll() -> [ProducerError] {
        bytes = 0
        return errors.removeAll().map(\.error)
    }

    mutating func iteratorStarted() { iterators += 1 }

    mutating func iteratorEnded() { iterators -= 1 }

    mutating func finish() { isFinished = true }
}
