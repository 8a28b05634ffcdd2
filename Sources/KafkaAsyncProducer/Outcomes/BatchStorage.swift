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
    /// As stored, in milliseconds; nil when each message has its own.
    private let timestamp: Int64?
    private let broker: Int32
    /// When the report came, on the monotonic clock.
    private let arrival: Int64

    init(topic: String, partition: Int32, chunk: Chunk, range: Range<Int>, _ report: DeliveryReport, arrival: Int64) {
        (self.topic, self.partition, self.chunk, self.range) = (topic, partition, chunk, range)
        (timestamp, broker, self.arrival) = (report.timestamp, report.brokerID, arrival)
        offset = report.offset < 0 ? -1 : report.offset + Int64(range.lowerBound - report.range.lowerBound)
        selection = chunk.awaiters.isEmpty ? nil : range.filter { !chunk.note(at: $0).isAwaited }
        count = selection?.count ?? range.count
    }

    /// A message on its own.
    init(copying message: DeliveredMessage) {
        let (other, index) = (message.storage, message.index)
        (topic, partition) = (other.topic, other.partition)
        chunk = Chunk(copying: index, of: other.chunk)
        range = 0..<1
        selection = nil
        count = 1
        offset = message.offset ?? -1
        timestamp = other.timestamp(at: index)
        (broker, arrival) = (other.broker, other.arrival)
    }

    /// The element at a position among the elements.
    @usableFromInline
    func message(at position: Int) -> DeliveredMessage {
        DeliveredMessage(storage: self, index: selection.map { $0[position] } ?? range.lowerBound + position)
    }

    // MARK: By position in the chunk

    func offset(at index: Int) -> Int64? { offset < 0 ? nil : offset + Int64(index - range.lowerBound) }

    func timestamp(at index: Int) -> Int64 { timestamp ?? chunk.timestamp(at: index) }

    func latency(at index: Int) -> Duration { .nanoseconds(max(0, arrival - chunk.accepted(at: index))) }

    var brokerID: Int32? { broker < 0 ? nil : broker }

    func attachments(at index: Int) -> MessageAttachments? { chunk.extras(at: index) as? MessageAttachments }

    func metadata(at index: Int) -> (any Sendable)? {
        attachments(at: index)?.metadata ?? chunk.note(at: index).tag
    }
}
