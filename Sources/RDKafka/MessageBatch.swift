// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// Plain messages of one topic on their way into one `rd_kafka_produce_batch`, which reads the clocks once for all.
///
/// librdkafka wants the addresses of all keys and values at once, and Swift lends them one at a time: they are gathered
/// in one buffer first. Never with explicit partitions: librdkafka 2.0.2 loses a message to an unknown one.
/// Used again and again, so that it costs no allocation per batch.
@safe package struct MessageBatch: ~Copyable, @unchecked Sendable {
    // `@unchecked`: it is moved, never shared, and it alone knows the two buffers.
    private let messages: UnsafeMutablePointer<rd_kafka_message_t>
    private let bytes: UnsafeMutablePointer<UInt8>
    package let capacity: Int
    package let byteCapacity: Int
    private var count = 0
    private var byteCount = 0

    /// Room for so many messages, and for the bytes of all their keys and values.
    package init(capacity: Int, byteCapacity: Int) {
        unsafe messages = .allocate(capacity: max(capacity, 1))
        unsafe bytes = .allocate(capacity: max(byteCapacity, 1))
        self.capacity = capacity
        self.byteCapacity = byteCapacity
    }

    deinit {
        // Nothing in them needs a destructor.
        unsafe messages.deallocate()
        unsafe bytes.deallocate()
    }

    /// Copies a message in.
    ///
    /// - Precondition: There is room.
    package mutating func append(key: Span<UInt8>?, value: Span<UInt8>?, opaque: UInt) {
        precondition(count < capacity)
        var message = unsafe rd_kafka_message_t()
        if let key {
            unsafe message.key = gather(key)
            unsafe message.key_len = key.count
        }
        if let value {
            unsafe message.payload = gather(value)
            unsafe message.len = value.count
        }
        unsafe message._private = UnsafeMutableRawPointer(bitPattern: opaque)
        unsafe (messages + count).initialize(to: message)
        count += 1
    }

    /// The address of a copy; never nil, also for no bytes, which would read as absent ones.
    private mutating func gather(_ span: Span<UInt8>) -> UnsafeMutableRawPointer {
        precondition(byteCount + span.count <= byteCapacity)
        let start = unsafe bytes + byteCount
        unsafe span.withUnsafeBufferPointer { source in
            if let address = source.baseAddress { unsafe start.initialize(from: address, count: source.count) }
        }
        byteCount += span.count
        return UnsafeMutableRawPointer(start)
    }

    /// Enqueues copies of all, in order, calls `refused` for each that librdkafka did not take, and is empty again. Does
    /// not wait.
    package mutating func produce(to topic: TopicHandle, _ refused: (_ index: Int, _ code: ResponseCode) -> Void) {
        defer { (count, byteCount) = (0, 0) }
        let accepted = unsafe topic.produceBatch(messages, count)
        guard accepted < count else { return }
        for index in 0..<count {
            let code = unsafe ResponseCode(messages[index].err)
            if code.isError { refused(index, code) }
        }
    }
}

extension TopicHandle {
    /// Returns how many were taken; the others have their `err` set.
    @unsafe fileprivate func produceBatch(_ messages: UnsafeMutablePointer<rd_kafka_message_t>, _ count: Int) -> Int {
        // F_COPY: the bytes are read before the call returns.
        Int(
            unsafe rd_kafka_produce_batch(
                handle,
                Self.anyPartition,
                RD_KAFKA_MSG_F_COPY,
                messages,
                Int32(clamping: count)
            )
        )
    }
}
