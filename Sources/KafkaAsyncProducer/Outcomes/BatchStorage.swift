// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What elements of the successes refer to: delivered messages of one chunk that follow one another, or a copy of one.
///
/// Nothing of librdkafka's is held: the bytes are where the sender's call has put them.
@usableFromInline
final class BatchStorage: Sendable {
    let topic: String
    let partition: Int32
    let chunk: Chunk
    /// The positions in the chunk.
    let range: Range<Int>
    /// The elements of the stream, by position in the chunk; nil when all are. Awaited messages are not.
    @usableFromInline let selection: [Int]?
    /// How many elements it has.
    let count: Int
    /// Of the first of `range`; the others follow on. Negative when unknown.
    private let offset: Int64
    private let times: RecordTimes
    private let broker: Int32
    /// When the report came, on the monotonic clock.
    private let arrival: Int64

    init(topic: String, partition: Int32, chunk: Chunk, range: Range<Int>, _ report: DeliveryReport, arrival: Int64) {
        (self.topic, self.partition, self.chunk, self.range) = (topic, partition, chunk, range)
        (times, broker, self.arrival) = (report.times, report.brokerID, arrival)
        offset = report.offset < 0 ? -1 : report.offset + Int64(range.lowerBound - report.range.lowerBound)
        selection = chunk.awaiters.isEmpty ? nil : range.filter { !chunk.note(at: $0).isAwaited }
        count = selection?.count ?? range.count
    }

    /// Some messages of another on their own.
    init(copying part: Range<Int>, of other: BatchStorage) {
        (topic, partition) = (other.topic, other.partition)
        chunk = Chunk(copying: part, of: other.chunk)
        range = 0..<part.count
        selection = nil
        count = part.count
        offset = other.offset(at: part.lowerBound) ?? -1
        times = .given(part.enumerated().map { ($0.offset, other.timestamp(at: $0.element)) })
        (broker, arrival) = (other.broker, other.arrival)
    }

    /// Messages that went through no producer, stored one after the other from `place` on.
    init(_ messages: [ProducerMessage], in topic: String, at place: Delivery) {
        (self.topic, partition, range, selection) = (topic, place.partition, 0..<messages.count, nil)
        count = messages.count
        let size = messages.reduce(0) {
            $0 + ($1.key?.count ?? 0) + ($1.value?.count ?? 0) + MessageSize.of($1.headers).block
                + ChunkWriter.recordSize
        }
        let opened = MonotonicClock.now
        // Of no pool: what comes back to it is freed.
        let memory = OpenChunk(capacity: max(64, (size + 3) & ~3), pool: MemoryPool(limit: 0), opened: opened)
        var writer = memory.makeWriter(requestSize: .max, maximumCount: messages.count)
        for message in messages {
            var note = message.note
            if let extras = message.extras {
                note = .extras(at: memory.extras.count)
                memory.append(extras)
            }
            if !message.headers.isEmpty { note = note.withHeaders }
            let blockSize = MessageSize.of(message.headers).block
            writer.setTime(opened)
            withSpan(message.key) { key in
                withSpan(message.value) { value in
                    let partition = message.partition ?? -1
                    _ = writer.append(key: key, value: value, blockSize: blockSize, partition: partition, note: note)
                }
            }
            if !message.headers.isEmpty { writer.append(message.headers) }
        }
        chunk = Chunk(closing: memory, writer)
        offset = place.offset ?? -1
        let times = messages.map { (place.timestamp ?? $0.timestamp)?.millisecondsSinceEpoch ?? -1 }
        self.times = .given(times.enumerated().map { ($0.offset, $0.element) })
        broker = place.brokerID ?? -1
        arrival = Uptime.end(of: place.latency ?? .zero, from: opened)
    }

    /// The elements on their own, where they are the smaller part of their chunk by far: the awaited messages around them
    /// are nobody's any more. nil where they may stay.
    func compacted() -> [BatchStorage]? {
        guard let selection, !selection.isEmpty, selection.count * 2 < chunk.count else { return nil }
        var parts: [Range<Int>] = []
        for index in selection {
            if let last = parts.last, last.upperBound == index {
                parts[parts.count - 1] = last.lowerBound..<index + 1
            } else {
                parts.append(index..<index + 1)
            }
        }
        return parts.map { BatchStorage(copying: $0, of: self) }
    }

    /// The element at a position among the elements.
    @usableFromInline
    func message(at position: Int) -> DeliveredMessage {
        DeliveredMessage(storage: self, index: selection.map { $0[position] } ?? range.lowerBound + position)
    }

    // MARK: By position in the chunk

    func offset(at index: Int) -> Int64? { offset < 0 ? nil : offset + Int64(index - range.lowerBound) }

    func timestamp(at index: Int) -> Int64 { times.time(at: index) ?? chunk.timestamp(at: index) }

    func latency(at index: Int) -> Duration { .nanoseconds(max(0, arrival - chunk.accepted(at: index))) }

    var brokerID: Int32? { broker < 0 ? nil : broker }

    func headers(at index: Int) -> [RecordHeader] { chunk.headers(at: index) }

    func metadata(at index: Int) -> (any Sendable)? { chunk.metadata(at: index) }
}
