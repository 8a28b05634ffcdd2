// SPDX-License-Identifier: Apache-2.0

/// What a message costs of the budget, and whether Kafka could store it at all.
enum MessageSize {
    /// librdkafka's record of a header.
    private static let headerOverhead = 32

    /// The bytes of headers, never 0 unless there are none.
    static func of(_ headers: [RecordHeader]) -> Int {
        var size = 0
        for header in headers { size += header.name.utf8.count + (header.value?.count ?? 0) + headerOverhead }
        return size
    }

    /// Checks a message and returns its cost.
    static func of(_ message: ProducerMessage) throws(KafkaError) -> Int {
        if message.headers.isEmpty, message.timestamp == nil {
            return try of(partition: message.partition, key: message.key?.count, value: message.value?.count)
        }
        if let timestamp = message.timestamp, timestamp.millisecondsSinceEpoch <= 0 {
            throw KafkaError(
                .invalidMessage,
                "timestamp \(timestamp.millisecondsSinceEpoch) for topic \"\(message.topic)\": "
                    + "librdkafka sends only times after the epoch (0 would become the current time)"
            )
        }
        for header in message.headers where header.name.utf8.contains(0) {
            throw KafkaError(
                .invalidMessage,
                "header name \"\(printable(header.name, limit: 60))\" holds a NUL, where librdkafka would cut it"
            )
        }
        return try of(partition: message.partition, key: message.key?.count, value: message.value?.count)
            + of(message.headers)
    }

    /// Checks the parts of a plain message and returns its cost.
    @inline(__always)
    static func of(partition: Int32?, key: Int?, value: Int?) throws(KafkaError) -> Int {
        if let partition, partition < 0 {
            throw KafkaError(.invalidMessage, "partition \(partition): use nil to let the partitioner choose")
        }
        let key = key ?? 0
        let value = value ?? 0
        if key > Int(Int32.max) || value > Int(Int32.max) {
            throw KafkaError(
                .messageTooLarge,
                "key of \(key) and value of \(value) bytes: Kafka's limit is \(Int32.max) bytes each"
            )
        }
        return key + value + Budget.overhead
    }
}

extension ProducerCore {
    /// A message that could never be admitted is refused at once.
    func check(_ size: Int) throws(KafkaError) {
        let limit = configuration.buffering.maximumBytes
        if size > limit {
            throw KafkaError(
                .messageTooLarge,
                "\(size) bytes with overhead, and buffering.maximumBytes is \(limit): raise it or send less at once"
            )
        }
    }
}
