// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The messages of one partition that librdkafka does not have, or of a topic whose partitions are not known yet.
struct PartitionQueue {
    /// The position in the table of topics.
    let topic: Int
    /// -1 for messages of a topic whose partitions are not known.
    let partition: Int32
    /// The chunk that senders fill, and the view of it that they use.
    private(set) var open: OpenChunk?
    var writer = ChunkWriter.none
    /// How many messages of the open chunk have extras.
    private(set) var extrasCount = 0
    /// The ledger's mark of the open chunk.
    private(set) var mark: UInt8 = 0
    /// Full or due ones, in order.
    var waiting = FIFO<Batch>()
    /// How many batches librdkafka has. More than one only where the user gave up order for it.
    var underWay = 0
    /// When the first message of each was accepted, on the monotonic clock.
    var underWaySince: [Int64] = []
    /// When the last one was handed over, on the monotonic clock.
    var handedOver: Int64 = 0
    /// What the next chunk begins with: as much as the last one needed.
    var capacity = ChunkSize.smallest
    /// Who leads the partition as far as known, or -1.
    var leader: Int32 = -1
    var replicas: [Int32] = []
    /// Whether the driver looks at it.
    var isActive = false
    /// Nothing is handed over before the leader has answered: a batch was stuck there.
    var isQuarantined = false
    /// A client that gives way to another still has a batch of it.
    var isChangingClients = false
    /// The topic has no such partition any more.
    var isGone = false

    init(topic: Int, partition: Int32) {
        (self.topic, self.partition) = (topic, partition)
    }

    var isParked: Bool { partition < 0 }

    var isEmpty: Bool { waiting.isEmpty && open == nil }

    /// When the oldest message was accepted of what it holds and what librdkafka has; `Int64.max` when there is none.
    var oldest: Int64 {
        min(waiting.first?.oldest ?? .max, open?.opened ?? .max, underWaySince.min() ?? .max)
    }

    /// How busy it is, in batches.
    var load: Int { waiting.count + underWay + (open == nil ? 0 : 1) }

    mutating func begin(_ chunk: OpenChunk, mark: UInt8, requestSize: Int, maximumCount: Int) {
        open = chunk
        extrasCount = 0
        self.mark = mark
        writer = chunk.makeWriter(requestSize: requestSize, maximumCount: maximumCount)
    }

    /// Lets the open chunk have more memory.
    mutating func grow(to capacity: Int) { open?.grow(to: capacity, &writer) }

    /// Ends the open chunk: what it holds is next in line.
    mutating func close() {
        guard let memory = open else { return }
        waiting.append(Batch(Chunk(closing: memory, writer), mark: mark))
        capacity = min(max(writer.used, ChunkSize.smallest), ChunkSize.largest)
        open = nil
        writer = .none
    }

    /// Puts a batch back to where its age puts it: several may come back, in any order.
    mutating func putBack(_ batch: Batch) {
        var older: [Batch] = []
        while let first = waiting.first, first.oldest < batch.oldest, let first = waiting.popFirst() {
            older.append(first)
        }
        waiting.prepend(batch)
        for batch in older.reversed() { waiting.prepend(batch) }
    }

    /// Takes all there is.
    mutating func removeAll() -> [Batch] {
        close()
        return waiting.removeAll()
    }

    // Mutating although they change an object only: an array's element is copied for any other call.

    /// Writes a plain message if there is room in the chunk at hand.
    @inline(__always)
    mutating func append(_ key: Span<UInt8>?, _ value: Span<UInt8>?, _ partition: Int32, _ note: RecordNote) -> Bool {
        guard
            writer.append(key: key, value: value, headerSize: note.requestSize, partition: partition, note: note)
        else { return false }
        if note.hasTimestamp { open?.needTimes(headerBytes: 0) }
        return true
    }

    /// Writes a message with what it has beside bytes, if there is room in the chunk at hand.
    mutating func append(
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ partition: Int32?,
        _ note: RecordNote,
        _ companions: Companions
    ) -> Bool {
        var note = companions.extras == nil ? note : .extras(at: extrasCount)
        if companions.receiver != nil { note = note.awaited }
        if !companions.headers.isEmpty { note = note.withHeaders }
        guard
            writer.append(
                key: key,
                value: value,
                blockSize: companions.headerSize.block,
                headerSize: companions.requestSize,
                partition: partition ?? companions.choice.field,
                note: note
            )
        else { return false }
        if !companions.headers.isEmpty { writer.append(companions.headers) }
        if !companions.headers.isEmpty || companions.hasOwnTime {
            open?.needTimes(headerBytes: companions.headerSize.overhead)
        }
        if let extras = companions.extras {
            extrasCount &+= 1
            open?.append(extras)
        }
        if let receiver = companions.receiver { setAwaiter(receiver) }
        return true
    }

    /// Notes who awaits the outcome of the message written last.
    mutating func setAwaiter(_ awaiter: any AnyObject & Sendable) {
        open?.append(awaiter: awaiter, of: writer.count - 1)
    }
}

/// What goes with the bytes of a message.
struct Companions {
    var headers: [RecordHeader] = []
    var headerSize = MessageSize.Headers()
    /// Whether it has a time of its own.
    var hasOwnTime = false
    var extras: MessageExtras?
    /// Who gets the outcome.
    var receiver: (any AnyObject & Sendable)?
    var choice = PartitionChoice.notAsked

    /// What headers and a time of its own add to a request.
    var requestSize: Int { headerSize.request + (hasOwnTime ? RecordNote.timestampSize : 0) }
}

extension Companions {
    init(_ message: ProducerMessage, receiver: (any AnyObject & Sendable)?, _ choice: PartitionChoice) {
        self.init(
            headers: message.headers,
            headerSize: MessageSize.of(message.headers),
            hasOwnTime: message.timestamp != nil,
            extras: message.extras,
            receiver: receiver,
            choice: choice
        )
    }
}

extension ChunkWriter {
    /// Writes the headers of the message written last, into the room that it took for them.
    mutating func append(_ headers: [RecordHeader]) {
        beginHeaders(headers.count)
        for header in headers {
            let name = header.name.utf8.span
            withSpan(header.value) { value in append(name: name, value: value) }
        }
    }
}

/// How large chunks are.
enum ChunkSize {
    /// What a partition with a message now and then needs.
    static var smallest: Int { 64 }
    static var largest: Int { 1 << 20 }

    /// The capacity of a new chunk for `need` bytes: a power of two, as those are used again, if one fits `room`; nil when
    /// nothing does.
    ///
    /// - Parameter isPatient: More room will come: a chunk that is small because there is little is not worth a request.
    static func opening(for need: Int, preferred: Int, room: Int, isPatient: Bool) -> Int? {
        let exact = aligned(need)
        guard exact <= room else { return nil }
        if exact > largest { return min(room, (exact + 4_095) & ~4_095) }
        let rounded = powerOfTwo(atLeast: max(exact, preferred))
        if rounded <= room { return rounded }
        if isPatient, room < preferred / 4 { return nil }
        let fitting = powerOfTwo(atLeast: room / 2 + 1)
        return fitting >= exact && fitting <= room ? fitting : exact
    }

    /// What a chunk of `capacity` bytes grows to for `need` bytes in all; nil where too little is left of the budget.
    ///
    /// By a quarter at least, as all that it holds is copied: where little room is left, one message after the other would
    /// copy all those before it.
    static func growing(_ capacity: Int, for need: Int, room: Int) -> Int? {
        let doubled = powerOfTwo(atLeast: max(need, capacity * 2))
        if doubled <= capacity + room { return doubled }
        let exact = aligned(max(need, capacity + capacity / 4))
        return exact <= capacity + room ? exact : nil
    }

    /// Records are aligned to four bytes, from the end.
    private static func aligned(_ size: Int) -> Int { (size + 3) & ~3 }

    private static func powerOfTwo(atLeast size: Int) -> Int {
        var rounded = smallest
        while rounded < size { rounded *= 2 }
        return rounded
    }
}
