// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What became of a record, as reports and dead letters tell it.
struct Outcome {
    enum Status: String {
        case delivered, failed
        /// Dropped before there was an answer.
        case undelivered
    }

    let origin: Origin
    var status = Status.delivered
    var topic: String?
    var partition: Int32?
    var offset: Int64?
    var timestamp: Timestamp?
    var latency: Duration?
    var error: KafkaError?
    var persistence = ProducerError.Persistence.notPersisted
    /// Key, value and headers, for those who ask.
    let contents: any RecordContents
}

/// Where the bytes of a record can be had from.
protocol RecordContents {
    var key: [UInt8]? { get }
    var value: [UInt8]? { get }
    var headers: [RecordHeader] { get }
}

extension DeliveredMessage: RecordContents {}

/// The bytes of a message that was not delivered.
struct FailedContents: RecordContents {
    let message: ProducerMessage

    var key: [UInt8]? { message.key?.array }
    var value: [UInt8]? { message.value?.array }
    var headers: [RecordHeader] { message.headers }
}

/// The bytes of what never was a record.
struct NoContents: RecordContents {
    var key: [UInt8]? { nil }
    var value: [UInt8]? { nil }
    var headers: [RecordHeader] { [] }
}

extension Outcome {
    init(_ message: DeliveredMessage, _ origin: Origin) {
        self.init(
            origin: origin,
            topic: message.topic,
            partition: message.partition,
            offset: message.offset,
            timestamp: message.timestamp,
            latency: message.latency,
            contents: message
        )
    }

    init(_ error: ProducerError, _ origin: Origin) {
        self.init(
            origin: origin,
            status: FailureGroups.droppedCodes.contains(error.error.code) ? .undelivered : .failed,
            topic: error.message.topic.name,
            partition: error.partition ?? error.message.partition,
            timestamp: error.message.timestamp,
            error: error.error,
            persistence: error.persistence,
            contents: FailedContents(message: error.message)
        )
    }

    /// Input that never became a message.
    init(_ error: KafkaError, _ origin: Origin) {
        self.init(origin: origin, status: .failed, error: error, contents: NoContents())
    }

    /// From the call to the report, in milliseconds with two decimals: a number for machines.
    var latencyText: String? {
        guard let latency else { return nil }
        let hundredths = Int((latency / .milliseconds(1) * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// Whether a failed record may be in the log, in a word.
    var persistenceText: String {
        switch persistence {
        case .notPersisted: "no"
        case .possiblyPersisted: "possibly"
        case .persisted: "yes"
        }
    }
}

extension JSONText {
    /// The member `error`.
    mutating func add(_ error: KafkaError) {
        object("error") { text in
            text.add("code", error.code.rawValue)
            text.add("name", error.name)
            text.add("text", printable(error.message, limit: 1_000))
        }
    }
}
