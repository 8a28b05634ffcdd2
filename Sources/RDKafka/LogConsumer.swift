// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// Reads partitions back from a position of its own: for the test kit. Joins no group and commits nothing.
///
/// Every method blocks. It may be used by several threads; the last to let go destroys the consumer, which blocks too.
@safe package final class LogConsumer: @unchecked Sendable {
    // librdkafka's handles are thread-safe and never change here: hence `@unchecked`.
    private let handle: OpaquePointer

    /// What a poll brought.
    package enum Item: Sendable {
        case record(Record)
        /// There is nothing after `offset` for now.
        case end(partition: Int32, offset: Int64)
        case failure(ResponseCode)
    }

    /// A record, copied out.
    package struct Record: Sendable {
        package let partition: Int32
        package let offset: Int64
        package let key: [UInt8]?
        package let value: [UInt8]?
        package let headers: [(name: String, value: [UInt8]?)]
        /// In milliseconds; -1 when the producer did not say.
        package let timestamp: Int64
    }

    /// - Parameter properties: On top of those that make it what it is.
    package init(_ properties: [(name: String, value: String)]) throws(Client.CreationError) {
        var failure = Client.CreationError(code: .fatal, reason: "rd_kafka_new failed")
        let own = [
            // Needed by `rd_kafka_assign`.
            ("group.id", "kafka-test-kit"), ("enable.auto.commit", "false"), ("auto.offset.reset", "earliest"),
            ("enable.partition.eof", "true"), ("isolation.level", "read_uncommitted"), ("log_level", "0"),
        ]
        let handle: OpaquePointer? = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
            unsafe reason.initialize(repeating: 0)
            let conf = unsafe rd_kafka_conf_new()
            for (name, value) in own + properties
            where unsafe rd_kafka_conf_set(conf, name, value, reason.baseAddress, reason.count) != RD_KAFKA_CONF_OK {
                failure = Client.CreationError(code: .fatal, reason: unsafe cString(reason))
                unsafe rd_kafka_conf_destroy(conf)
                return nil
            }
            // librdkafka takes the configuration only when it succeeds.
            guard let handle = unsafe rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason.baseAddress, reason.count) else {
                failure = Client.CreationError(code: .fatal, reason: unsafe cString(reason))
                unsafe rd_kafka_conf_destroy(conf)
                return nil
            }
            return unsafe handle
        }
        guard let handle = unsafe handle else { throw failure }
        unsafe self.handle = handle
    }

    deinit {
        unsafe rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    /// How many partitions a topic has, and what is wrong with it; nil if there is none of that name.
    ///
    /// Asks for all topics: asking for one would create it.
    package func partitions(
        of topic: String,
        timeout: Int32
    ) throws(Client.MetadataError) -> (count: Int32, code: ResponseCode)? {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = unsafe ResponseCode(rd_kafka_metadata(handle, 1, nil, &metadata, timeout))
        guard let metadata = unsafe metadata else { throw Client.MetadataError(code: code) }
        defer { unsafe rd_kafka_metadata_destroy(metadata) }
        let topics = unsafe UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
        for index in topics.indices {
            let entry = unsafe topics[index]
            guard unsafe String(cString: entry.topic) == topic else { continue }
            return unsafe (entry.partition_cnt, ResponseCode(entry.err))
        }
        return nil
    }

    /// A position in a partition.
    package enum Position: Int64, Sendable {
        case first = -2
        case end = -1
    }

    /// The offsets of a position, with one request per leader; those of partitions that have none are missing.
    package func offsets(
        of position: Position,
        in topic: String,
        partitions: [Int32],
        timeout: Int32
    ) -> (offsets: [Int32: Int64], code: ResponseCode) {
        let list = unsafe rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        for partition in partitions {
            // The entry belongs to the list.
            if let entry = unsafe rd_kafka_topic_partition_list_add(list, topic, partition) {
                unsafe entry.pointee.offset = position.rawValue
            }
        }
        // Called "for times", and takes the two names of positions as well.
        var code = unsafe ResponseCode(rd_kafka_offsets_for_times(handle, list, timeout))
        guard !code.isError, let list = unsafe list else { return ([:], code) }
        var offsets: [Int32: Int64] = [:]
        let entries = unsafe UnsafeBufferPointer(start: list.pointee.elems, count: Int(list.pointee.cnt))
        for index in entries.indices {
            let entry = unsafe entries[index]
            if unsafe entry.err == RD_KAFKA_RESP_ERR_NO_ERROR, unsafe entry.offset >= 0 {
                unsafe offsets[entry.partition] = entry.offset
            } else {
                unsafe code = ResponseCode(entry.err)
            }
        }
        return (offsets, code)
    }

    /// Begins to read.
    package func assign(_ topic: String, _ positions: [(partition: Int32, offset: Int64)]) -> ResponseCode {
        let list = unsafe rd_kafka_topic_partition_list_new(Int32(clamping: positions.count))
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        for (partition, offset) in positions {
            // The entry belongs to the list.
            if let entry = unsafe rd_kafka_topic_partition_list_add(list, topic, partition) {
                unsafe entry.pointee.offset = offset
            }
        }
        return unsafe ResponseCode(rd_kafka_assign(handle, list))
    }

    /// The next record or event; nil when nothing came within `timeout` ms.
    package func poll(timeout: Int32) -> Item? {
        guard let message = unsafe rd_kafka_consumer_poll(handle, timeout) else { return nil }
        // Ours until it is destroyed: everything in it is copied before.
        defer { unsafe rd_kafka_message_destroy(message) }
        switch unsafe message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR: return .record(unsafe record(message))
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            return unsafe .end(partition: message.pointee.partition, offset: message.pointee.offset)
        default: return .failure(unsafe ResponseCode(message.pointee.err))
        }
    }

    @unsafe private func record(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Record {
        unsafe Record(
            partition: message.pointee.partition,
            offset: message.pointee.offset,
            key: bytes(message.pointee.key, message.pointee.key_len),
            value: bytes(message.pointee.payload, message.pointee.len),
            headers: headers(message),
            // The kind is of no interest.
            timestamp: rd_kafka_message_timestamp(message, nil)
        )
    }

    @unsafe private func headers(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>
    ) -> [(name: String, value: [UInt8]?)] {
        var list: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list = unsafe list
        else { return [] }
        // The list stays the message's; names are terminated, values have a length.
        var headers: [(name: String, value: [UInt8]?)] = []
        var name: UnsafePointer<CChar>?
        var start: UnsafeRawPointer?
        var size = 0
        while unsafe rd_kafka_header_get_all(list, headers.count, &name, &start, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            unsafe headers.append((name.map { unsafe String(cString: $0) } ?? "", bytes(start, size)))
        }
        return headers
    }

    /// librdkafka's sign for null is no address; what is empty has one.
    @unsafe private func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        unsafe start.map { unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: count)) }
    }
}
