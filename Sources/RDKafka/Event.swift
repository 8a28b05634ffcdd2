// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// One event of a client's main queue, with everything copied out of it but the messages of delivery reports.
package enum Event: Sendable {
    case deliveryReports(DeliveryBatch)
    case error(code: ResponseCode, reason: String, isFatal: Bool)
    case log(level: Int32, facility: String, line: String)
    case statistics(String)
    /// A token for SASL OAUTHBEARER is wanted; librdkafka does not ask again before it gets one or hears why not.
    case tokenRefresh
    /// A kind this library did not ask for.
    case other

    /// Takes ownership of `event`: destroyed here, except for delivery reports, which pass it to their batch.
    @unsafe init(taking event: OpaquePointer, from client: Client) {
        let type = unsafe rd_kafka_event_type(event)
        if type == RD_KAFKA_EVENT_DR {
            self = .deliveryReports(unsafe DeliveryBatch(taking: event, from: client))
            return
        }
        defer { unsafe rd_kafka_event_destroy(event) }
        switch type {
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

@unsafe private func string(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer = unsafe pointer else { return "" }
    return unsafe String(cString: pointer)
}
