// SPDX-License-Identifier: Apache-2.0

/// The memory of a chunk that senders fill: bytes from the front, records from the back.
///
/// Its end gives the memory back: reference counting decides when it may be used again.
@safe package final class OpenChunk: @unchecked Sendable {
    // `@unchecked`: used under the producer's lock until it is closed, constant after that.
    fileprivate(set) var base: UnsafeMutableRawPointer
    package private(set) var capacity: Int
    /// On the monotonic clock.
    package let opened: Int64
    /// What few messages have, in order: their notes hold the position.
    package private(set) var extras: [MessageExtras] = []
    /// Who awaits an outcome, by the messages, in order.
    private(set) var awaiters: [(indices: Range<Int>, awaiter: any AnyObject & Sendable)] = []
    /// What librdkafka's copies of the headers cost of the budget.
    private(set) var extraBytes = 0
    /// Some messages have headers or a time of their own.
    private(set) var needsTimes = false
    private let pool: MemoryPool

    /// - Parameter capacity: Bytes, records included.
    package init(capacity: Int, pool: MemoryPool, opened: Int64) {
        unsafe base = pool.take(capacity)
        (self.capacity, self.pool, self.opened) = (capacity, pool, opened)
    }

    deinit { unsafe pool.put(base, capacity) }

    // Appended to here: an array of a class, changed from another module, would be copied each time.

    package func append(_ extras: MessageExtras) { self.extras.append(extras) }

    /// Notes that a message has headers or a time of its own.
    ///
    /// - Parameter headerBytes: What librdkafka's copies of its headers cost of the budget.
    package func needTimes(headerBytes: Int) {
        needsTimes = true
        extraBytes += headerBytes
    }

    package func append(awaiter: any AnyObject & Sendable, of index: Int) {
        // One who gets many in a row is held once: two threads that count references to one object wait for each other.
        if let last = awaiters.indices.last, awaiters[last].indices.upperBound == index,
            awaiters[last].awaiter === awaiter
        {
            awaiters[last].indices = awaiters[last].indices.lowerBound..<index + 1
        } else {
            awaiters.append((index..<index + 1, awaiter))
        }
    }

    /// One past the record of message 0.
    @unsafe var end: UnsafeMutablePointer<Record> {
        unsafe (base + (capacity & ~3)).assumingMemoryBound(to: Record.self)
    }

    /// - Parameters:
    ///   - requestSize: The bytes that fit a request of Kafka's.
    ///   - maximumCount: The messages of a batch.
    package func makeWriter(requestSize: Int, maximumCount: Int) -> ChunkWriter {
        unsafe ChunkWriter(
            base: base,
            end: end,
            room: capacity & ~3,
            requestRoom: requestSize,
            countRoom: maximumCount,
            opened: opened
        )
    }

    /// Moves what was written to larger memory. Only while it is open: librdkafka knows no address of it yet.
    package func grow(to larger: Int, _ writer: inout ChunkWriter) {
        let memory = unsafe pool.take(larger)
        let records = unsafe end - writer.count
        let (previous, previousCapacity) = unsafe (base, capacity)
        unsafe memory.copyMemory(from: base, byteCount: writer.bytes)
        unsafe (base, capacity) = (memory, larger)
        unsafe (end - writer.count).initialize(from: records, count: writer.count)
        unsafe pool.put(previous, previousCapacity)
        unsafe (writer.base, writer.end) = (base, end)
        writer.room = (capacity & ~3) - writer.used
    }
}
