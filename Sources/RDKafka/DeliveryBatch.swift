// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka
internal import Synchronization

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The position of a message in its log.
package struct DeliveryRecord: Sendable {
    package let partition: Int32
    /// Negative when unknown.
    package let offset: Int64
    /// Milliseconds since the epoch; negative when unknown.
    package let timestamp: Int64
    /// The number that went with the message into its produce call.
    package let opaque: UInt

    package static let unknown = DeliveryRecord(partition: -1, offset: -1, timestamp: -1, opaque: 0)
}

/// One delivery-report event: messages of one topic with one outcome, in order.
///
/// Keys, values and headers stay in librdkafka's memory until `detach()` copies them out and gives the event back.
/// Every access pins that memory, so a detach on another thread can never free it under a reader.
@safe package final class DeliveryBatch: @unchecked Sendable {
    // `@unchecked`: the pointers never change after init, what they point to is not written to after init, and
    // `payloads` says under its lock when it goes away.
    package let count: Int
    package let topic: String
    /// What happened to every message of this batch.
    package let code: ResponseCode
    /// Whether no broker said what `code` says: librdkafka infers that a request which failed was stored from the answer to
    /// a later one of the partition (`rd_kafka_dr_implicit_ack`).
    package let isInferred: Bool
    /// Bytes of all keys and values.
    package let payloadSize: Int
    /// The bits that are set in the number of any message, of those that went with them into their produce calls.
    package let opaqueUnion: UInt
    /// The bits that are not the same in all of these numbers.
    package let opaqueDifference: UInt

    private let messages: UnsafeMutablePointer<UnsafePointer<rd_kafka_message_t>?>
    private let records: UnsafeMutablePointer<DeliveryRecord>
    private let arrival: Int64
    private let payloads: Mutex<Payloads>

    /// Where the payloads are.
    @safe private struct Payloads: @unchecked Sendable {
        /// Ours to destroy; nil once destroyed.
        var event: OpaquePointer?
        /// An event must not outlive its client; let go of with the event.
        var client: Client?
        var slab: Slab?
        var pins = 0

        mutating func releaseEvent() {
            // In a forked child it is leaked: a thread that the child does not have may hold librdkafka's locks.
            if let event = unsafe event, client?.forkGeneration == ForkGuard.current {
                unsafe rd_kafka_event_destroy(event)
            }
            unsafe event = nil
            client = nil
        }
    }

    /// Takes ownership of a delivery-report event.
    @unsafe init(taking event: OpaquePointer, from client: Client) {
        let capacity = unsafe rd_kafka_event_message_count(event)
        unsafe self.messages = .allocate(capacity: max(capacity, 1))
        unsafe self.records = .allocate(capacity: max(capacity, 1))
        var count = 0
        var payloadSize = 0
        var first: UInt = 0
        var union: UInt = 0
        var difference: UInt = 0
        // Both hold for all messages of an event, which are those of one request.
        var isInferred = false
        var hasOffsets = false
        // One pass, while the message is in the cache: a batch is larger than that. `next` moves each message to the
        // event's second list, once; it lives as long as the event.
        while count < capacity, let message = unsafe rd_kafka_event_message_next(event) {
            let own = unsafe UInt(bitPattern: message.pointee._private)
            unsafe messages[count] = message
            if count == 0 {
                // The broker is noted when an answer is: the only trace of an inference.
                isInferred = unsafe rd_kafka_message_broker_id(message) < 0
                // Without an offset librdkafka counts on from -1001, to 0 and beyond in a large request.
                hasOffsets = unsafe message.pointee.offset >= 0
            }
            unsafe (records + count).initialize(
                to: DeliveryRecord(
                    partition: message.pointee.partition,
                    offset: hasOffsets ? message.pointee.offset : -1,
                    timestamp: rd_kafka_message_timestamp(message, nil),
                    opaque: own
                )
            )
            unsafe payloadSize += message.pointee.key_len + message.pointee.len
            if count == 0 { first = own }
            union |= own
            difference |= own ^ first
            count += 1
        }
        self.count = count
        self.payloadSize = payloadSize
        self.opaqueUnion = union
        self.opaqueDifference = difference
        if count > 0, let first = unsafe messages[0], let topic = unsafe first.pointee.rkt {
            self.topic = unsafe String(cString: rd_kafka_topic_name(topic))
        } else {
            self.topic = ""
        }
        let code = unsafe ResponseCode(rd_kafka_event_error(event))
        self.code = code
        self.isInferred = isInferred && code == .noError
        self.arrival = monotonicMicroseconds()
        unsafe self.payloads = Mutex(Payloads(event: event, client: client))
    }

    deinit {
        // Nobody else refers to this batch, so nothing is pinned.
        payloads.withLock { payloads in
            payloads.releaseEvent()
            unsafe payloads.slab?.deallocate()
        }
        unsafe messages.deallocate()
        unsafe records.deallocate()
    }

    /// Copies the payloads into one allocation and gives the event back to librdkafka. Does nothing the second time.
    package func detach() {
        payloads.withLock { payloads in
            guard unsafe payloads.slab == nil, unsafe payloads.event != nil else { return }
            unsafe payloads.slab = Slab(
                copying: UnsafeBufferPointer(start: messages, count: count),
                elapsedSinceArrival: monotonicMicroseconds() - arrival
            )
            if payloads.pins == 0 { payloads.releaseEvent() }
        }
    }

    // MARK: Elements

    /// - Precondition: `index` is below `count`, for this and all below.
    package func record(at index: Int) -> DeliveryRecord {
        precondition(index >= 0 && index < count)
        return unsafe records[index]
    }

    /// Bytes of key and value. Read by the event thread only, before anybody else knows the batch.
    package func payloadSize(at index: Int) -> Int {
        unsafe message(at: index).pointee.key_len + message(at: index).pointee.len
    }

    /// Lends the value for the length of `body`; nil is a tombstone.
    package func withValue<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withPayload(at: index) { payload throws(Failure) in
            try unsafe withSpan(payload.value, payload.valueCount, body)
        }
    }

    /// Lends the key for the length of `body`.
    package func withKey<Result, Failure: Error>(
        at index: Int,
        _ body: (Span<UInt8>?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withPayload(at: index) { payload throws(Failure) in
            try unsafe withSpan(payload.key, payload.keyCount, body)
        }
    }

    /// The headers in order, duplicates and absent values kept.
    package func headers(at index: Int) -> [(name: String, value: [UInt8]?)] {
        unsafe withPayload(at: index) { payload in unsafe payload.headerList() }
    }

    /// Microseconds from the produce call to the arrival of the report; nil when unknown.
    package func latency(at index: Int) -> Int64? {
        let latency: Int64 = unsafe withPayload(at: index) { payload in
            if let latency = unsafe payload.latency { return latency }
            guard let message = unsafe payload.message else { return -1 }
            // librdkafka reads the clock when asked: take off what has passed since the report came.
            let sinceArrival = monotonicMicroseconds() - arrival
            let total = unsafe rd_kafka_message_latency(message)
            return total < 0 ? -1 : max(0, total - sinceArrival)
        }
        return latency < 0 ? nil : latency
    }

    /// The broker that answered; negative when unknown.
    package func brokerID(at index: Int) -> Int32 {
        unsafe withPayload(at: index) { payload in unsafe payload.brokerID }
    }

    /// 0 not persisted, 1 possibly persisted, 2 persisted (`rd_kafka_msg_status_t`).
    ///
    /// Read by the event thread only, before anybody else knows the batch.
    package func status(at index: Int) -> UInt32 {
        unsafe rd_kafka_message_status(message(at: index)).rawValue
    }

    private func message(at index: Int) -> UnsafePointer<rd_kafka_message_t> {
        precondition(index >= 0 && index < count)
        guard let message = unsafe messages[index] else {
            preconditionFailure("librdkafka counted a message that it did not hand over")
        }
        return unsafe message
    }

    /// Keeps the payload of one message where it is while `body` runs, without holding the lock.
    @unsafe private func withPayload<Result, Failure: Error>(
        at index: Int,
        _ body: (Payload) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(index >= 0 && index < count)
        let payload: Payload = unsafe payloads.withLock { payloads in
            payloads.pins += 1
            if let slab = unsafe payloads.slab { return unsafe slab.payload(at: index) }
            return unsafe Payload(message(at: index))
        }
        defer {
            payloads.withLock { payloads in
                payloads.pins -= 1
                if payloads.pins == 0, unsafe payloads.slab != nil { payloads.releaseEvent() }
            }
        }
        return try unsafe body(payload)
    }
}

/// CLOCK_MONOTONIC, the clock that librdkafka's latencies are measured with.
private func monotonicMicroseconds() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}

/// Lends `count` bytes as a span; a nil address is nil.
@unsafe private func withSpan<Result, Failure: Error>(
    _ start: UnsafePointer<UInt8>?,
    _ count: Int,
    _ body: (Span<UInt8>?) throws(Failure) -> Result
) throws(Failure) -> Result {
    guard let start = unsafe start else { return try body(nil) }
    // The caller pins the memory for the length of this call.
    return try body(unsafe UnsafeBufferPointer(start: start, count: count).span)
}
