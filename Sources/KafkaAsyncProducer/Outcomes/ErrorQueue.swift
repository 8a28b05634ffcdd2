// SPDX-License-Identifier: Apache-2.0

/// Failed messages on their way to readers or to `close`. They have left the budget, so they have a bound of their
/// own: beyond it the oldest are dropped and counted by cause.
struct ErrorQueue<Reader> {
    let maximumCount: Int
    let maximumBytes: Int
    private(set) var bytes = 0
    private(set) var dropped: [KafkaError.Code: Int] = [:]
    private(set) var isFinished = false
    var readers = WaiterQueue<Reader>()
    private var errors = FIFO<(error: ProducerError, bytes: Int)>()
    /// The iterators that have taken a failure and not asked for the next one. One that nobody advances is no reader.
    private var reading: Set<ObjectIdentifier> = []

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

    // MARK: Who reads

    /// Notes that somebody works on what `iterator` took.
    mutating func setReading(_ iterator: ObjectIdentifier) { reading.insert(iterator) }

    /// Notes that `iterator` is gone, or has asked for more.
    mutating func stopReading(_ iterator: ObjectIdentifier) { reading.remove(iterator) }

    /// Whether somebody waits for a failure, or works on one and goes on with the next.
    var mayBeRead: Bool { !readers.isEmpty || !reading.isEmpty }

    mutating func finish() { isFinished = true }
}
