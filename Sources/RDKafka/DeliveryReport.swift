// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// What librdkafka said of messages of one batch that follow one another and fared alike.
package struct DeliveryReport: Sendable {
    /// The number that went with the batch into `Handover`.
    package let slot: UInt32
    package fileprivate(set) var range: Range<Int>
    package let code: ResponseCode
    /// 0 not persisted, 1 possibly persisted, 2 persisted (`rd_kafka_msg_status_t`).
    package let status: UInt32
    /// Whether no broker said what `code` says: librdkafka infers that a request which failed was stored from the answer
    /// to a later one of the partition (`rd_kafka_dr_implicit_ack`).
    package let isInferred: Bool
    /// Of the first message, the others follow on; negative when unknown.
    package let offset: Int64
    package let times: RecordTimes
    /// Negative when unknown.
    package let brokerID: Int32
}

/// The times that messages were stored with, in milliseconds since the epoch.
package enum RecordTimes: Sendable {
    /// Each has its own, with which it was handed over.
    case own
    /// As librdkafka or the broker gave them: from each position on another one.
    case given([(position: Int, time: Int64)])

    /// The time at a position in the chunk; nil where it is the message's own.
    package func time(at position: Int) -> Int64? {
        guard case .given(let times) = self else { return nil }
        return times.last { $0.position <= position }?.time
    }
}

/// Joins the messages of one event to reports.
@unsafe struct ReportRuns {
    private var reports: [DeliveryReport] = []
    private var slot: UInt32 = 0
    private var start = 0
    private var end = -1
    private var code = RD_KAFKA_RESP_ERR_NO_ERROR
    private var offset: Int64 = -1
    private var nextOffset: Int64 = -1
    private var timestamp: Int64 = -1
    private var hasOwnTimes = false
    private var times: [(position: Int, time: Int64)] = []
    private var status: UInt32 = 0
    private var brokerID: Int32 = -1
    /// Of the event: without an offset for its first message librdkafka counts on from -1001, to 0 and beyond.
    private var hasOffsets: Bool?

    init() {}

    /// - Parameter keepsTimes: Whether the messages of a slot were handed over with a time of their own each.
    @inline(__always)
    mutating func add(_ message: UnsafePointer<rd_kafka_message_t>, keepsTimes: (UInt32) -> Bool) {
        let (slot, index) = unsafe split(message.pointee._private)
        let time = unsafe rd_kafka_message_timestamp(message, nil)
        if unsafe slot == self.slot, unsafe index == end, unsafe message.pointee.err == code {
            let isOrdered = unsafe code.rawValue != 0 || hasOffsets == false || message.pointee.offset == nextOffset
            let fits = unsafe code.rawValue != 0 ? rd_kafka_message_status(message).rawValue == status : true
            if isOrdered, fits {
                if unsafe time != timestamp, unsafe !hasOwnTimes {
                    if keepsTimes(slot) {
                        unsafe hasOwnTimes = true
                    } else {
                        unsafe times.append((index, time))
                        unsafe timestamp = time
                    }
                }
                unsafe end += 1
                unsafe nextOffset += 1
                return
            }
        }
        unsafe begin(message, slot, index, time)
    }

    private mutating func begin(
        _ message: UnsafePointer<rd_kafka_message_t>,
        _ slot: UInt32,
        _ index: Int,
        _ time: Int64
    ) {
        unsafe finish()
        if unsafe hasOffsets == nil { unsafe hasOffsets = message.pointee.offset >= 0 }
        unsafe (self.slot, start, end) = (slot, index, index + 1)
        unsafe code = message.pointee.err
        unsafe offset = hasOffsets == true ? message.pointee.offset : -1
        unsafe nextOffset = offset + 1
        unsafe (timestamp, hasOwnTimes, times) = (time, false, [(index, time)])
        unsafe status = rd_kafka_message_status(message).rawValue
        // The broker is noted when an answer is: the only trace of an inference.
        unsafe brokerID = rd_kafka_message_broker_id(message)
    }

    private mutating func finish() {
        guard unsafe end > start else { return }
        let isError = unsafe code.rawValue != 0
        unsafe reports.append(
            DeliveryReport(
                slot: slot,
                range: start..<end,
                code: ResponseCode(code),
                status: status,
                isInferred: !isError && brokerID < 0,
                offset: isError ? -1 : offset,
                times: hasOwnTimes ? .own : .given(times),
                brokerID: brokerID
            )
        )
    }

    consuming func takeAll() -> [DeliveryReport] {
        unsafe finish()
        return unsafe reports
    }
}
