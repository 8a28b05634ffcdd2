// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What a message costs of the budget, and whether Kafka could store it at all.
enum MessageSize {
    /// librdkafka's record of a header.
    private static let headerOverhead = 32

    /// What the headers of a message take.
    struct Headers {
        /// In a chunk.
        var block = 0
        /// In a request of Kafka's: lengths of up to five bytes each.
        var request = 0
        /// Of the budget beside the chunk.
        var overhead = 0

        /// What they cost of the budget.
        var cost: Int { block + overhead }
    }

    @inline(__always)
    static func of(_ headers: [RecordHeader]) -> Headers { headers.isEmpty ? Headers() : measure(headers) }

    private static func measure(_ headers: [RecordHeader]) -> Headers {
        let bytes = headers.reduce(0) { $0 + $1.name.utf8.count + ($1.value?.count ?? 0) }
        return Headers(
            block: ChunkWriter.blockSize(ofHeaders: headers.count, bytes: bytes),
            request: bytes + headers.count * 10,
            overhead: headers.count * headerOverhead
        )
    }

    /// Checks a message.
    @inline(__always)
    static func check(_ message: ProducerMessage) throws(KafkaError) {
        try check(partition: message.partition, key: message.key?.count, value: message.value?.count)
        if let timestamp = message.timestamp, timestamp.millisecondsSinceEpoch <= 0 {
            throw KafkaError(
                .invalidMessage,
                "timestamp \(timestamp.millisecondsSinceEpoch) for topic \"\(message.topic)\": "
                    + "librdkafka sends only times after the epoch (0 would become the current time)"
            )
        }
        if !message.headers.isEmpty { try check(message.headers) }
    }

    private static func check(_ headers: [RecordHeader]) throws(KafkaError) {
        for header in headers where header.name.utf8.contains(0) {
            throw KafkaError(
                .invalidMessage,
                "header name \"\(printable(header.name, limit: 60))\" holds a NUL, where librdkafka would cut it"
            )
        }
    }

    /// Checks the parts of a plain message.
    @inline(__always)
    static func check(partition: Int32?, key: Int?, value: Int?) throws(KafkaError) {
        if partition.map({ $0 < 0 }) == true || (key ?? 0) > Int(Int32.max) || (value ?? 0) > Int(Int32.max) {
            throw refusal(partition: partition, key: key ?? 0, value: value ?? 0)
        }
    }

    @inline(never)
    private static func refusal(partition: Int32?, key: Int, value: Int) -> KafkaError {
        if let partition, partition < 0 {
            return KafkaError(.invalidMessage, "partition \(partition): use nil to let the partitioner choose")
        }
        return KafkaError(
            .messageTooLarge,
            "key of \(key) and value of \(value) bytes: Kafka's limit is \(Int32.max) bytes each"
        )
    }

    /// What a message costs of the budget.
    static func of(_ message: ProducerMessage) -> Int { of(message, of(message.headers)) }

    @inline(__always)
    static func of(_ message: ProducerMessage, _ headers: Headers) -> Int {
        (message.key?.count ?? 0) + (message.value?.count ?? 0) + headers.cost + Budget.overhead
    }
}

extension ProducerMessage {
    /// What every producer refuses, whatever its configuration.
    package func check() throws(KafkaError) {
        try MessageSize.check(self)
        try Topic.validate(topic.name)
    }
}

extension ProducerCore {
    /// A message that could never be admitted is refused at once.
    func check(_ size: Int) throws(KafkaError) {
        let limit = configuration.buffering.maximumBytes
        // As in a chunk, which is made of words.
        if (size + 3) & ~3 > limit & ~3 {
            throw KafkaError(
                .messageTooLarge,
                "\(size) bytes with overhead, and buffering.maximumBytes is \(limit): raise it or send less at once"
            )
        }
    }
}
