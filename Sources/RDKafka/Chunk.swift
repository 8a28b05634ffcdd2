// SPDX-License-Identifier: Apache-2.0

/// A batch for one partition: memory that was written to and never changes again.
///
/// Whoever holds it may read it, on any thread and for as long as it likes; librdkafka reads the bytes where they are.
/// Every property that the hot paths read is constant: a class's variables are checked for exclusive access at run time.
@safe package final class Chunk: @unchecked Sendable {
    // `@unchecked`: constant but for what is variable, which is used under the producer's lock only.
    package let count: Int
    /// Bytes of memory.
    package let capacity: Int
    package let extraBytes: Int
    /// On the monotonic clock.
    package let opened: Int64
    /// `opened` as milliseconds since the epoch.
    package let openedWall: Int64
    package let extras: [MessageExtras]
    /// Who awaits an outcome, by the messages, in order.
    package let awaiters: [(indices: Range<Int>, awaiter: any AnyObject & Sendable)]
    /// Some messages have headers or a time of their own, which a call for a whole batch cannot carry.
    package let needsTimes: Bool
    /// Messages that still hold a part of the budget.
    package var outstanding: Int
    /// librdkafka may look at its bytes.
    package var isInside = false
    /// It does, and no message holds a part of the budget any more.
    package var isLeftBehind = false
    private let base: UnsafeMutableRawPointer
    /// One past the record of message 0.
    private let end: UnsafeMutablePointer<Record>
    private let memory: OpenChunk

    package init(closing memory: OpenChunk, _ writer: ChunkWriter) {
        self.memory = memory
        (count, outstanding, capacity) = (writer.count, writer.count, memory.capacity)
        (extraBytes, opened, extras, awaiters) = (memory.extraBytes, memory.opened, memory.extras, memory.awaiters)
        needsTimes = memory.needsTimes
        openedWall = WallClock.now - (MonotonicClock.now - memory.opened) / 1_000_000
        unsafe (base, end) = (memory.base, memory.end)
    }

    @inline(__always)
    func record(_ index: Int) -> Record {
        precondition(index >= 0 && index < count)
        return unsafe (end - 1 - index).pointee
    }

    // MARK: Messages

    /// - Precondition: `index` is below `count`, for this and all below.
    package func note(at index: Int) -> RecordNote { record(index).note }

    /// The partition that the sender named.
    package func partition(at index: Int) -> Int32? {
        let partition = record(index).partition
        return partition < 0 ? nil : partition
    }

    /// The partition that the sender named, or below zero what its sender's side has noted instead.
    package func partitionField(at index: Int) -> Int32 { record(index).partition }

    /// Bytes of key and value.
    package func size(at index: Int) -> Int {
        let record = record(index)
        return Int(max(record.keyCount, 0)) + Int(max(record.valueCount, 0))
    }

    /// On the monotonic clock.
    package func accepted(at index: Int) -> Int64 { opened + Int64(record(index).time) * 1_000 }

    package func extras(at index: Int) -> MessageExtras? { note(at: index).extras.map { extras[$0] } }

    /// Milliseconds since the epoch: the sender's time, or that of the acceptance.
    package func timestamp(at index: Int) -> Int64 {
        let record = record(index)
        return ownTimestamp(record.note) ?? openedWall + Int64(record.time) / 1_000
    }

    /// The sender's time, if it gave one.
    package func ownTimestamp(at index: Int) -> Int64? { ownTimestamp(note(at: index)) }

    private func ownTimestamp(_ note: RecordNote) -> Int64? {
        if let timestamp = note.timestamp { return timestamp }
        guard let position = note.extras, extras[position].timestamp > 0 else { return nil }
        return extras[position].timestamp
    }

    /// Who awaits the outcome, if somebody does.
    package func awaiter(at index: Int) -> (any AnyObject & Sendable)? {
        guard note(at: index).isAwaited else { return nil }
        let position = firstAwaiter(from: index)
        guard position < awaiters.count, awaiters[position].indices.contains(index) else { return nil }
        return awaiters[position].awaiter
    }

    /// Calls `body` for each who awaits outcomes of some messages, with the positions of those, in order.
    package func forEachAwaiter(in range: Range<Int>, _ body: (Range<Int>, any AnyObject & Sendable) -> Void) {
        var position = firstAwaiter(from: range.lowerBound)
        while position < awaiters.count, awaiters[position].indices.lowerBound < range.upperBound {
            body(awaiters[position].indices.clamped(to: range), awaiters[position].awaiter)
            position += 1
        }
    }

    private func firstAwaiter(from index: Int) -> Int {
        var (low, high) = (0, awaiters.count)
        while low < high {
            let middle = (low + high) / 2
            if awaiters[middle].indices.upperBound <= index { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many headers a message has.
    package func headerCount(at index: Int) -> Int {
        let record = record(index)
        return record.note.hasHeaders ? Int(unsafe number(headers(of: record))) : 0
    }

    /// Lends name and value of each header, in order, for the length of `body`; a nil value is not an empty one.
    package func forEachHeader(at index: Int, _ body: (Span<UInt8>, Span<UInt8>?) -> Void) {
        let record = record(index)
        guard record.note.hasHeaders else { return }
        var position = headers(of: record) + 4
        for _ in 0..<headerCount(at: index) {
            let (nameCount, valueCount) = unsafe (Int(number(position)), Int(number(position + 4)))
            let name = unsafe bytes(position + 8, nameCount)
            position += 8 + nameCount + max(valueCount, 0)
            if valueCount < 0 {
                unsafe body(name.span, nil)
            } else {
                unsafe body(name.span, bytes(position - valueCount, valueCount).span)
            }
        }
    }

    /// Where they begin.
    private func headers(of record: Record) -> Int {
        Int(record.position) + Int(max(record.keyCount, 0)) + Int(max(record.valueCount, 0))
    }

    /// At a position where the writer has put one.
    @unsafe private func number(_ position: Int) -> Int32 {
        unsafe (base + position).loadUnaligned(as: Int32.self)
    }

    /// Lends the key for the length of `body`.
    package func withKey<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let record = record(index)
        if record.keyCount < 0 { return try body(nil) }
        return try body(unsafe bytes(Int(record.position), Int(record.keyCount)).span)
    }

    /// Lends the value for the length of `body`; nil is a tombstone.
    package func withValue<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let record = record(index)
        if record.valueCount < 0 { return try body(nil) }
        return try body(
            unsafe bytes(Int(record.position) + Int(max(record.keyCount, 0)), Int(record.valueCount)).span
        )
    }

    /// Valid while the chunk is held, as the caller does.
    @unsafe private func bytes(_ position: Int, _ count: Int) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: (base + position).assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// The addresses that librdkafka gets: nil for nil, never nil for empty. It reads them until it has reported the
    /// message, and the caller keeps the chunk until then.
    @unsafe @inline(__always)
    func addresses(_ record: Record) -> (key: UnsafeMutableRawPointer?, value: UnsafeMutableRawPointer?) {
        let start = unsafe base + Int(record.position)
        return unsafe (
            record.keyCount < 0 ? nil : start,
            record.valueCount < 0 ? nil : start + Int(max(record.keyCount, 0))
        )
    }
}

extension Chunk {
    /// The bytes of a message's headers.
    private func blockSize(at index: Int) -> Int {
        var bytes = 0
        forEachHeader(at: index) { name, value in bytes += name.count + (value?.count ?? 0) }
        return ChunkWriter.blockSize(ofHeaders: headerCount(at: index), bytes: bytes)
    }

    /// Messages of another chunk on their own, which hold no part of a budget.
    package convenience init(copying range: Range<Int>, of other: Chunk) {
        let bytes = range.reduce(0) { $0 + other.size(at: $1) + other.blockSize(at: $1) + ChunkWriter.recordSize }
        // Of no pool: what comes back to it is freed.
        let memory = OpenChunk(capacity: (bytes + 3) & ~3, pool: MemoryPool(limit: 0), opened: other.opened)
        var writer = memory.makeWriter(requestSize: .max, maximumCount: range.count)
        for index in range {
            let blockSize = other.blockSize(at: index)
            var note = other.note(at: index)
            if let extras = other.extras(at: index) {
                note = .extras(at: memory.extras.count)
                if blockSize > 0 { note = note.withHeaders }
                memory.append(extras)
            }
            writer.setTime(other.accepted(at: index))
            other.withKey(at: index) { key in
                other.withValue(at: index) { value in
                    let partition = other.partition(at: index) ?? -1
                    _ = writer.append(key: key, value: value, blockSize: blockSize, partition: partition, note: note)
                }
            }
            guard blockSize > 0 else { continue }
            writer.beginHeaders(other.headerCount(at: index))
            other.forEachHeader(at: index) { name, value in writer.append(name: name, value: value) }
        }
        self.init(closing: memory, writer)
        outstanding = 0
    }
}
