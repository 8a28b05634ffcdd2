// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// One event of a client's main queue, with everything copied out of it.
package enum Event: Sendable {
    case deliveryReports([DeliveryReport])
    case error(code: ResponseCode, reason: String, isFatal: Bool)
    case log(level: Int32, facility: String, line: String)
    case statistics(String)
    /// A token for SASL OAUTHBEARER is wanted; librdkafka does not ask again before it gets one or hears why not.
    case tokenRefresh
    /// A kind this library did not ask for.
    case other

    /// Takes ownership of `event`, which is destroyed here.
    ///
    /// - Parameter keepsTimes: See `ReportRuns`.
    @unsafe init(taking event: OpaquePointer, keepsTimes: (UInt32) -> Bool) {
        defer { unsafe rd_kafka_event_destroy(event) }
        switch unsafe rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
            self = .deliveryReports(unsafe readReports(event, keepsTimes))
        case RD_KAFKA_EVENT_ERROR:
            self = .error(
                code: unsafe ResponseCode(rd_kafka_event_error(event)),
                reason: unsafe string(rd_kafka_event_error_string(event)),
                isFatal: unsafe rd_kafka_event_error_is_fatal(event) != 0
            )
        case RD_KAFKA_EVENT_LOG:
            // The strings belong to the event, which lives to the end of this scope.
            var facility: UnsafePointer<CChar>?
            var line: UnsafePointer<CChar>?
            var level: Int32 = 0
            if unsafe rd_kafka_event_log(event, &facility, &line, &level) == 0 {
                self = .log(level: level, facility: unsafe string(facility), line: unsafe string(line))
            } else {
                self = .other
            }
        case RD_KAFKA_EVENT_STATS:
            self = .statistics(unsafe string(rd_kafka_event_stats(event)))
        case RD_KAFKA_EVENT_OAUTHBEARER_TOKEN_REFRESH: self = .tokenRefresh
        default:
            self = .other
        }
    }
}

@unsafe private func readReports(_ event: OpaquePointer, _ keepsTimes: (UInt32) -> Bool) -> [DeliveryReport] {
    var runs = unsafe ReportRuns()
    // Each message is handed out once, and lives as long as the event.
    unsafe withUnsafeTemporaryAllocation(of: UnsafePointer<rd_kafka_message_t>?.self, capacity: 256) { batch in
        while true {
            let count = unsafe rd_kafka_event_message_array(event, batch.baseAddress, batch.count)
            if count == 0 { break }
            for position in 0..<count {
                if let message = unsafe batch[position] { unsafe runs.add(message, keepsTimes: keepsTimes) }
            }
        }
    }
    return unsafe runs.takeAll()
}

@unsafe private func string(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
}
