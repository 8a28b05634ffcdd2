// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// The driver's buffer of `rd_kafka_message_t`, which every batch passes through on its way into librdkafka.
@safe package struct Handover: ~Copyable {
    private let messages: UnsafeMutableBufferPointer<rd_kafka_message_t>
    private var count = 0

    /// 18 KiB: it stays in the first-level cache, where one for a whole batch would not.
    private static var capacity: Int { 256 }

    package init() {
        unsafe messages = .allocate(capacity: Self.capacity)
        unsafe messages.initialize(repeating: rd_kafka_message_t())
    }

    deinit { unsafe messages.deallocate() }

    /// Hands messages of a chunk to librdkafka, which reads their bytes where they are until it has reported them: the
    /// caller keeps the chunk until then.
    ///
    /// - Parameters:
    ///   - slot: Comes back with the reports.
    ///   - keepsTimes: Gives each message its own time or that of its acceptance, where librdkafka would give them that of
    ///     this call, and its headers; half of the cost of a call again. A chunk that `needsTimes` has to be handed over so.
    ///   - refused: Called for a message that librdkafka did not take and will not report.
    package mutating func handOver(
        _ chunk: Chunk,
        _ range: Range<Int>,
        to topic: TopicHandle,
        partition: Int32,
        slot: UInt32,
        keepsTimes: Bool,
        refused: (Int, ResponseCode) -> Void
    ) {
        for index in range {
            let record = chunk.record(index)
            if keepsTimes {
                produce(chunk, index, record, topic, partition, slot, refused)
                continue
            }
            let message = unsafe messages.baseAddress.unsafelyUnwrapped + count
            let (key, value) = unsafe chunk.addresses(record)
            unsafe message.pointee.payload = value
            unsafe message.pointee.len = Int(max(record.valueCount, 0))
            unsafe message.pointee.key = key
            unsafe message.pointee.key_len = Int(max(record.keyCount, 0))
            unsafe message.pointee._private = opaque(slot, index)
            count += 1
            if count == Self.capacity { flush(topic, partition, refused) }
        }
        flush(topic, partition, refused)
    }

    private mutating func flush(_ topic: TopicHandle, _ partition: Int32, _ refused: (Int, ResponseCode) -> Void) {
        defer { count = 0 }
        if count == 0 { return }
        let start = unsafe messages.baseAddress
        // The partition as an argument: with F_PARTITION an unknown one leaks the message.
        let taken = unsafe rd_kafka_produce_batch(topic.handle, partition, 0, start, Int32(count))
        if Int(taken) == count { return }
        for position in 0..<count {
            let message = unsafe messages[position]
            if unsafe message.err.rawValue == 0 { continue }
            let (_, index) = unsafe split(message._private)
            unsafe refused(index, ResponseCode(message.err))
        }
    }

    /// A message that `rd_kafka_produce_batch` cannot carry.
    private func produce(
        _ chunk: Chunk,
        _ index: Int,
        _ record: Record,
        _ topic: TopicHandle,
        _ partition: Int32,
        _ slot: UInt32,
        _ refused: (Int, ResponseCode) -> Void
    ) {
        var list: OpaquePointer?
        if record.note.hasHeaders {
            var headers = HeaderList(capacity: chunk.headerCount(at: index))
            chunk.forEachHeader(at: index) { name, value in headers.append(name: name, value: value) }
            unsafe list = headers.takeHandle()
        }
        let (key, value) = unsafe chunk.addresses(record)
        let code = unsafe ResponseCode(
            clibrdkafka_producev(
                topic.client.handle,
                topic.handle,
                partition,
                key,
                Int(max(record.keyCount, 0)),
                value,
                Int(max(record.valueCount, 0)),
                list,
                chunk.timestamp(at: index),
                opaque(slot, index)
            )
        )
        guard code.isError else { return }
        // The list stays ours when the message was not taken.
        if let list = unsafe list { unsafe rd_kafka_headers_destroy(list) }
        refused(index, code)
    }
}

/// What librdkafka carries for us: a number, never a pointer that a fault could follow. Null is the first message of slot 0.
@unsafe @inline(__always)
private func opaque(_ slot: UInt32, _ index: Int) -> UnsafeMutableRawPointer? {
    unsafe UnsafeMutableRawPointer(bitPattern: UInt(slot) << 32 | UInt(UInt32(truncatingIfNeeded: index)))
}

@unsafe @inline(__always)
func split(_ opaque: UnsafeMutableRawPointer?) -> (slot: UInt32, index: Int) {
    let bits = UInt(bitPattern: opaque)
    return (UInt32(truncatingIfNeeded: bits >> 32), Int(bits & 0xffff_ffff))
}
