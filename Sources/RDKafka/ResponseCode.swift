// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// An error code of librdkafka or of the Kafka protocol (`rd_kafka_resp_err_t`). Negative codes are librdkafka's own.
package struct ResponseCode: Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    init(_ error: rd_kafka_resp_err_t) { self.rawValue = error.rawValue }

    var cValue: rd_kafka_resp_err_t { rd_kafka_resp_err_t(rawValue: rawValue) }

    package static let noError = ResponseCode(RD_KAFKA_RESP_ERR_NO_ERROR)
    package static let fatal = ResponseCode(RD_KAFKA_RESP_ERR__FATAL)
    package static let purgedInFlight = ResponseCode(RD_KAFKA_RESP_ERR__PURGE_INFLIGHT)
    package static let invalidArgument = ResponseCode(RD_KAFKA_RESP_ERR__INVALID_ARG)
    package static let timedOut = ResponseCode(RD_KAFKA_RESP_ERR__TIMED_OUT)
    /// A call that its object is not in the state for.
    package static let state = ResponseCode(RD_KAFKA_RESP_ERR__STATE)
    /// The client is going away.
    package static let destroyed = ResponseCode(RD_KAFKA_RESP_ERR__DESTROY)
    /// The system has no thread or descriptor to give.
    package static let noThread = ResponseCode(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)

    /// The same as being equal to `noError`, but inlined where it is asked for every message.
    @inlinable package var isError: Bool { rawValue != 0 }

    /// librdkafka's symbolic name without its prefix, such as `MSG_SIZE_TOO_LARGE` or `_MSG_TIMED_OUT`.
    package var name: String {
        // err2name returns a string constant, or a thread-local buffer for unknown codes; copied at once.
        unsafe String(cString: rd_kafka_err2name(cValue))
    }

    /// librdkafka's description, such as `Broker: Message size too large`.
    package var text: String {
        unsafe String(cString: rd_kafka_err2str(cValue))
    }
}

/// The version of librdkafka.
package enum LibraryVersion {
    /// The version loaded at run time, as `0xMMmmrrxx`.
    package static var running: Int32 { rd_kafka_version() }

    /// The run-time version in words, such as `2.0.2`.
    package static var text: String { unsafe String(cString: rd_kafka_version_str()) }
}
