// SPDX-License-Identifier: Apache-2.0

/// What is kept of a message beside its bytes, at the end of its chunk: written once, by its sender.
@usableFromInline
struct Record {
    /// Where the key begins in the chunk; the value follows it.
    @usableFromInline let position: UInt32
    /// -1 is nil, which is not empty.
    @usableFromInline let keyCount: Int32
    @usableFromInline let valueCount: Int32
    /// Microseconds from the opening of the chunk to the acceptance.
    @usableFromInline let time: UInt32
    /// The partition that the sender named; -1 leaves the choice to the partitioner.
    @usableFromInline let partition: Int32
    // Two halves: as one word it would align the record to 8 bytes, and cost 4 more.
    @usableFromInline let noteLow: UInt32
    @usableFromInline let noteHigh: UInt32

    @inlinable
    init(position: UInt32, keyCount: Int32, valueCount: Int32, time: UInt32, partition: Int32, note: RecordNote) {
        self.position = position
        self.keyCount = keyCount
        self.valueCount = valueCount
        self.time = time
        self.partition = partition
        noteLow = UInt32(truncatingIfNeeded: note.bits)
        noteHigh = UInt32(truncatingIfNeeded: note.bits >> 32)
    }

    @usableFromInline var note: RecordNote { RecordNote(bits: UInt64(noteHigh) << 32 | UInt64(noteLow)) }
}

/// Where the next message of a chunk goes: the hot path's view of it.
///
/// A value without references, so that to append costs no reference counting and no exclusivity check. Whoever keeps it
/// keeps the chunk as well, and replaces it by `none` when the chunk is closed.
@safe public struct ChunkWriter: @unchecked Sendable {
    // `@unchecked`: used under the producer's lock only.
    @usableFromInline var base: UnsafeMutableRawPointer
    /// One past the record of message 0: records grow downwards from the end of the memory.
    @usableFromInline var end: UnsafeMutablePointer<Record>
    /// Bytes of memory left.
    @usableFromInline var room: Int
    /// Bytes left in a request of Kafka's.
    @usableFromInline var requestRoom: Int
    /// Messages left in a batch.
    @usableFromInline var countRoom: Int
    @usableFromInline var bytes = 0
    /// Messages written.
    @usableFromInline package var count = 0
    /// The last reading of the clock, in microseconds since the chunk was opened.
    @usableFromInline var time: UInt32 = 0
    /// How many messages may still use that reading.
    @usableFromInline var readings = 0
    @usableFromInline var coarse: Int64 = 0
    @usableFromInline var opened: Int64

    /// The memory of a record.
    @inlinable public static var recordSize: Int { 28 }

    /// What Kafka's format adds to the bytes of a message: lengths, offset and time differences.
    @inlinable public static var requestOverhead: Int { 16 }

    @unsafe init(
        base: UnsafeMutableRawPointer,
        end: UnsafeMutablePointer<Record>,
        room: Int,
        requestRoom: Int,
        countRoom: Int,
        opened: Int64
    ) {
        unsafe (self.base, self.end) = (base, end)
        (self.room, self.requestRoom, self.countRoom, self.opened) = (room, requestRoom, countRoom, opened)
    }

    /// The writer of no chunk: it has room for nothing, so its addresses are never followed.
    public static var none: ChunkWriter {
        unsafe ChunkWriter(
            base: noMemory,
            end: noMemory.assumingMemoryBound(to: Record.self),
            room: -1,
            requestRoom: -1,
            countRoom: 0,
            opened: 0
        )
    }

    /// The memory in use.
    package var used: Int { bytes + count * Self.recordSize }

    /// Whether the batch could take a message of `size` bytes if the memory were larger.
    package func fitsRequest(_ size: Int) -> Bool { countRoom > 0 && size + Self.requestOverhead <= requestRoom }

    /// Copies a message in, or returns false when there is no room for it.
    ///
    /// - Parameters:
    ///   - blockSize: The bytes of its headers in the chunk, which follow by `append(headers:)`.
    ///   - headerSize: The bytes that its headers and a time of its own add to the request.
    @inlinable @inline(__always)
    public mutating func append(
        key: Span<UInt8>?,
        value: Span<UInt8>?,
        blockSize: Int = 0,
        headerSize: Int = 0,
        partition: Int32,
        note: RecordNote
    ) -> Bool {
        let size = (key?.count ?? 0) &+ (value?.count ?? 0)
        guard size &+ blockSize &+ Self.recordSize <= room, size &+ headerSize &+ Self.requestOverhead <= requestRoom,
            countRoom > 0
        else { return false }
        room &-= size &+ blockSize &+ Self.recordSize
        requestRoom &-= size &+ headerSize &+ Self.requestOverhead
        countRoom &-= 1
        readClock()
        let record = Record(
            position: UInt32(truncatingIfNeeded: bytes),
            keyCount: key == nil ? -1 : Int32(truncatingIfNeeded: key?.count ?? 0),
            valueCount: value == nil ? -1 : Int32(truncatingIfNeeded: value?.count ?? 0),
            time: time,
            partition: partition,
            note: note
        )
        // There is room, as was checked; and nobody else has the memory.
        unsafe (end - 1 - count).initialize(to: record)
        if let key { unsafe copy(key) }
        if let value { unsafe copy(value) }
        count &+= 1
        return true
    }

    // MARK: Headers

    /// The bytes of headers in a chunk beside those of their names and values: how many there are, and two lengths each.
    package static func blockSize(ofHeaders count: Int, bytes: Int) -> Int { count == 0 ? 0 : 4 + count * 8 + bytes }

    /// Writes how many headers the message written last has, into the room that it took for them; each of them follows.
    package mutating func beginHeaders(_ count: Int) {
        unsafe precondition(base + bytes + 4 <= UnsafeMutableRawPointer(end - self.count))
        write(Int32(truncatingIfNeeded: count))
    }

    /// Writes a header of the message written last; a nil value is not an empty one.
    package mutating func append(name: Span<UInt8>, value: Span<UInt8>?) {
        // Room was taken for it; whatever a caller does, nothing is written into the records.
        let size = 8 + name.count + (value?.count ?? 0)
        unsafe precondition(base + bytes + size <= UnsafeMutableRawPointer(end - count))
        write(Int32(truncatingIfNeeded: name.count))
        if let value { write(Int32(truncatingIfNeeded: value.count)) } else { write(-1) }
        unsafe copy(name)
        if let value { unsafe copy(value) }
    }

    /// The room was checked.
    private mutating func write(_ number: Int32) {
        unsafe (base + bytes).storeBytes(of: number, as: Int32.self)
        bytes += 4
    }

    /// Makes the next message one that was accepted at `time`, not before the chunk was opened.
    package mutating func setTime(_ time: Int64) {
        self.time = UInt32(clamping: (time - opened) / 1_000)
        (readings, coarse) = (1, .max)
    }

    /// The room was checked.
    @unsafe @inlinable @inline(__always)
    mutating func copy(_ span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { unsafe (base + bytes).copyMemory(from: start, byteCount: source.count) }
        }
        bytes &+= span.count
    }

    /// The clock costs a tenth of an append: beyond the first messages of a chunk it is read for one in 16, and whenever
    /// the coarse one has moved on. No reading is older than that one's 4 ms.
    @usableFromInline
    mutating func readClock() {
        if readings > 0 {
            readings &-= 1
            if coarse == .max || MonotonicClock.coarse == coarse { return }
        }
        time = UInt32(clamping: (MonotonicClock.now &- opened) / 1_000)
        coarse = MonotonicClock.coarse
        readings = count < 64 ? 0 : 15
    }
}

/// For addresses that are never followed.
nonisolated(unsafe) private let noMemory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16)
