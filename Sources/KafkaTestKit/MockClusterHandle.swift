// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka
internal import CLibrdkafka.Mock
internal import KafkaAsyncProducer
internal import RDKafka
internal import Synchronization

/// Owns the mock cluster and the client that hosts it; the one file of this module with pointers.
///
/// Every method blocks. A call holds the lock while it is in librdkafka, so that the cluster cannot go away beneath it.
/// The lock is taken on threads of our own only (`offPool`), never on one that runs tasks.
@safe final class MockClusterHandle: Sendable {
    let bootstrapServers: [String]
    let brokerIDs: ClosedRange<Int32>

    private let state: Mutex<State>

    /// The handles are thread-safe in C and freed by whoever takes them out of the state: hence `@unchecked`.
    @unsafe private struct Pointers: @unchecked Sendable {
        let host: OpaquePointer
        /// Belongs to `host`, which frees it.
        let cluster: OpaquePointer
    }

    @safe private struct State: Sendable {
        /// Nil after `shutdown`.
        var pointers: Pointers?
        /// The kinds of request for which some broker has a list of faults of its own.
        var requestsWithBrokerFaults: Set<Int16> = []
        /// The kinds of request for which the cluster has a list of faults.
        var requestsWithFaults: Set<Int16> = []
    }

    /// Starts `brokers` brokers, at least 1.
    init(brokers: Int32) throws(KafkaError) {
        // A cluster of the host's own, not one of `rd_kafka_mock_cluster_new`: freeing that takes a second, every other
        // time, because a thread misses its wake-up (2.0.2).
        let host = try unsafe makeClient(RD_KAFKA_PRODUCER, [("test.mock.num.brokers", String(brokers))])
        guard let cluster = unsafe rd_kafka_handle_mock_cluster(host) else {
            unsafe rd_kafka_destroy(host)
            throw KafkaError(.systemResources, "the mock cluster could not be started")
        }
        let list = unsafe rd_kafka_mock_cluster_bootstraps(cluster).map { unsafe String(cString: $0) } ?? ""
        self.bootstrapServers = list.split(separator: ",").map(String.init)
        self.brokerIDs = 1...brokers
        self.state = unsafe Mutex(State(pointers: Pointers(host: host, cluster: cluster)))
    }

    deinit {
        let pointers = unsafe state.withLock { state in unsafe state.pointers.take() }
        guard let pointers = unsafe pointers else { return }
        // The last reference may go away on a thread that runs tasks. Without a thread to be had, blocking it is still
        // better than leaking the cluster's threads.
        if !Thread.spawn(named: "mock-stop", { unsafe rd_kafka_destroy(pointers.host) }) {
            unsafe rd_kafka_destroy(pointers.host)
        }
    }

    /// Whether `shutdown` was called.
    var isShutDown: Bool { state.withLock { state in unsafe state.pointers == nil } }

    /// Frees the cluster; a second call returns when the first has.
    func shutdown() {
        state.withLock { state in
            if let pointers = unsafe state.pointers.take() { unsafe rd_kafka_destroy(pointers.host) }
        }
    }

    func createTopic(_ topic: String, partitions: Int32, replicas: Int32) throws(KafkaError) {
        try unsafe perform("create topic \(topic)") { cluster in
            unsafe rd_kafka_mock_topic_create(cluster, topic, partitions, replicas)
        }
    }

    func pushErrors(_ codes: [Int32], request: Int16) throws(KafkaError) {
        let isIgnored = state.withLock { state in
            state.requestsWithFaults.insert(request)
            return state.requestsWithBrokerFaults.contains(request)
        }
        // A broker that has a list of its own, even an empty one, never looks at the cluster's.
        guard !isIgnored else {
            throw KafkaError(
                .invalidConfiguration,
                "this kind of request was given faults of a single broker before: name the broker again (on:)"
            )
        }
        let errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
        try unsafe perform("fail requests") { cluster in
            // librdkafka copies the array under its own lock.
            unsafe errors.withUnsafeBufferPointer { errors in
                unsafe rd_kafka_mock_push_request_errors_array(cluster, request, errors.count, errors.baseAddress)
            }
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    func pushError(_ code: Int32, delay: Int32, request: Int16, broker: Int32) throws(KafkaError) {
        try unsafe perform("fault of broker \(broker)") { cluster in
            let error = rd_kafka_resp_err_t(rawValue: code)
            return unsafe clibrdkafka_mock_push_error_rtt(cluster, broker, request, error, delay)
        }
        state.withLock { state in _ = state.requestsWithBrokerFaults.insert(request) }
    }

    /// Nil is every kind of request.
    func clearErrors(request: Int16?) throws(KafkaError) {
        let requests = state.withLock { state in request.map { [$0] } ?? state.requestsWithFaults }
        try unsafe perform("clear faults") { cluster in
            for request in requests { unsafe rd_kafka_mock_clear_request_errors(cluster, request) }
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    func setBroker(_ broker: Int32, isUp: Bool) throws(KafkaError) {
        try unsafe perform("broker \(broker) \(isUp ? "up" : "down")") { cluster in
            isUp
                ? unsafe rd_kafka_mock_broker_set_up(cluster, broker)
                : unsafe rd_kafka_mock_broker_set_down(cluster, broker)
        }
    }

    /// -1 is all brokers.
    func setRoundTripTime(_ milliseconds: Int32, broker: Int32) throws(KafkaError) {
        try unsafe perform("round-trip time of broker \(broker)") { cluster in
            unsafe rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds)
        }
    }

    /// -1 is no leader.
    func setLeader(topic: String, partition: Int32, broker: Int32) throws(KafkaError) {
        try unsafe perform("leader of \(topic)[\(partition)] to broker \(broker)") { cluster in
            unsafe rd_kafka_mock_partition_set_leader(cluster, topic, partition, broker)
        }
    }

    /// 0 is no error.
    func setTopicError(_ topic: String, _ code: Int32) throws(KafkaError) {
        try unsafe perform("error of topic \(topic)") { cluster in
            unsafe rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(rawValue: code))
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    /// Calls into librdkafka while the cluster cannot go away, and says in words what it refused.
    private func perform(
        _ action: String,
        _ call: (OpaquePointer) -> rd_kafka_resp_err_t
    ) throws(KafkaError) {
        let code: Int32? = state.withLock { state in
            guard let pointers = unsafe state.pointers else { return nil }
            return unsafe call(pointers.cluster).rawValue
        }
        guard let code else { throw KafkaError(.closed, "\(action): the mock cluster was shut down") }
        guard code == 0 else {
            throw KafkaError(.init(rawValue: code), "\(action): \(ResponseCode(rawValue: code).text)")
        }
    }
}

/// Makes a client that never writes to standard error: a fault injected on purpose is not news.
@unsafe private func makeClient(
    _ type: rd_kafka_type_t,
    _ properties: [(name: String, value: String)]
) throws(KafkaError) -> OpaquePointer {
    var failure = ""
    let client: OpaquePointer? = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { reason in
        unsafe reason.initialize(repeating: 0)
        guard let start = reason.baseAddress else { return nil }
        let conf = unsafe rd_kafka_conf_new()
        for (name, value) in properties + [("log_level", "0")]
        where unsafe rd_kafka_conf_set(conf, name, value, start, reason.count) != RD_KAFKA_CONF_OK {
            failure = unsafe String(cString: start)
            unsafe rd_kafka_conf_destroy(conf)
            return nil
        }
        // librdkafka takes the configuration only when it succeeds.
        guard let client = unsafe rd_kafka_new(type, conf, start, reason.count) else {
            failure = unsafe String(cString: start)
            unsafe rd_kafka_conf_destroy(conf)
            return nil
        }
        return unsafe client
    }
    guard let client = unsafe client else { throw KafkaError(.systemResources, failure) }
    return unsafe client
}

/// Reads one topic to its end with a consumer of its own.
///
/// Every method blocks; it stays on the thread that made it.
@safe struct RecordReader: ~Copyable {
    private let consumer: OpaquePointer
    private let cluster: MockClusterHandle
    private let topic: String
    private let end: ContinuousClock.Instant
    private let stop: StopFlag

    /// What is to be read of a partition, and what was.
    private struct Partition {
        let id: Int32
        var next: Int64 = 0
        var high: Int64 = 0
        var records: [MockRecord] = []

        var isComplete: Bool { next >= high }
    }

    init(
        cluster: MockClusterHandle,
        topic: String,
        end: ContinuousClock.Instant,
        stop: StopFlag
    ) throws(KafkaError) {
        self.cluster = cluster
        self.topic = topic
        self.end = end
        self.stop = stop
        unsafe self.consumer = try makeClient(
            RD_KAFKA_CONSUMER,
            [
                ("bootstrap.servers", cluster.bootstrapServers.joined(separator: ",")),
                // Needed by `rd_kafka_assign`; nothing is committed and no group is joined.
                ("group.id", "kafka-test-kit"),
                ("enable.auto.commit", "false"),
                ("auto.offset.reset", "earliest"),
                ("enable.partition.eof", "true"),
                ("isolation.level", "read_uncommitted"),
                // The waits that make sense between machines.
                ("fetch.wait.max.ms", "10"),
                ("fetch.error.backoff.ms", "20"),
                ("reconnect.backoff.ms", "20"),
                ("reconnect.backoff.max.ms", "200"),
            ]
        )
    }

    deinit {
        unsafe rd_kafka_destroy_flags(consumer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    func readAll() throws(KafkaError) -> [MockRecord] {
        var partitions = try findPartitions()
        for index in partitions.indices { try findOffsets(of: &partitions[index], within: partitions) }
        try assign(partitions)
        var lastError: Int32 = 0
        while let index = partitions.firstIndex(where: { !$0.isComplete }) {
            try check(partitions, waitingFor: "\(topic)[\(partitions[index].id)]", lastError)
            guard let message = unsafe rd_kafka_consumer_poll(consumer, slice) else { continue }
            unsafe take(message, into: &partitions, &lastError)
            unsafe rd_kafka_message_destroy(message)
        }
        return partitions.flatMap(\.records)
    }

    /// How long one call may block, in milliseconds: a stop is noticed as soon.
    private var slice: Int32 { min(100, ContinuousClock.now.duration(to: end).clampedMilliseconds) }

    /// Throws when there is a reason not to go on.
    private func check(_ partitions: [Partition], waitingFor what: String, _ lastError: Int32) throws(KafkaError) {
        if stop.isRaised { throw KafkaError(.cancelled, "reading \(topic) was cancelled") }
        if cluster.isShutDown { throw KafkaError(.closed, "the mock cluster was shut down while \(topic) was read") }
        guard ContinuousClock.now >= end else { return }
        let got = partitions.reduce(0) { $0 + $1.records.count }
        let complete = partitions.count { $0.isComplete }
        let cause = lastError == 0 ? "" : "; last error: \(ResponseCode(rawValue: lastError).text)"
        throw KafkaError(
            .deadlineExceeded,
            "read \(got) records of \(topic), \(complete) of \(partitions.count) partitions to their end, "
                + "and waited for \(what)\(cause)"
        )
    }

    /// The partitions of the topic; none if it does not exist.
    ///
    /// Asks for all topics: asking for one would create it.
    private func findPartitions() throws(KafkaError) -> [Partition] {
        var lastError: Int32 = 0
        while true {
            try check([], waitingFor: "metadata", lastError)
            var metadata: UnsafePointer<rd_kafka_metadata>?
            lastError = unsafe rd_kafka_metadata(consumer, 1, nil, &metadata, slice).rawValue
            guard let metadata = unsafe metadata else { continue }
            defer { unsafe rd_kafka_metadata_destroy(metadata) }
            let topics = unsafe UnsafeBufferPointer(
                start: metadata.pointee.topics,
                count: Int(metadata.pointee.topic_cnt)
            )
            for index in topics.indices {
                let entry = unsafe topics[index]
                guard unsafe String(cString: entry.topic) == topic else { continue }
                let code = unsafe entry.err.rawValue
                guard code == 0 else {
                    throw KafkaError(
                        .init(rawValue: code),
                        "\(topic) cannot be read before restoreTopic: \(ResponseCode(rawValue: code).text)"
                    )
                }
                return unsafe (0..<entry.partition_cnt).map { Partition(id: $0) }
            }
            return []
        }
    }

    private func findOffsets(of partition: inout Partition, within all: [Partition]) throws(KafkaError) {
        var lastError: Int32 = 0
        while true {
            try check(all, waitingFor: "the offsets of \(topic)[\(partition.id)]", lastError)
            lastError = unsafe rd_kafka_query_watermark_offsets(
                consumer,
                topic,
                partition.id,
                &partition.next,
                &partition.high,
                slice
            ).rawValue
            if lastError == 0 { return }
        }
    }

    private func assign(_ partitions: [Partition]) throws(KafkaError) {
        let list = unsafe rd_kafka_topic_partition_list_new(Int32(clamping: partitions.count))
        defer { unsafe rd_kafka_topic_partition_list_destroy(list) }
        for partition in partitions where !partition.isComplete {
            // The entry belongs to the list.
            if let entry = unsafe rd_kafka_topic_partition_list_add(list, topic, partition.id) {
                unsafe entry.pointee.offset = partition.next
            }
        }
        let code = unsafe rd_kafka_assign(consumer, list).rawValue
        guard code == 0 else {
            throw KafkaError(.init(rawValue: code), "\(topic) cannot be read: \(ResponseCode(rawValue: code).text)")
        }
    }

    /// Copies out what `message` says; it stays the caller's.
    @unsafe private func take(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>,
        into partitions: inout [Partition],
        _ lastError: inout Int32
    ) {
        let index = unsafe Int(message.pointee.partition)
        let offset = unsafe message.pointee.offset
        switch unsafe message.pointee.err {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
            // What came twice after a reconnect, or was written after the call began, is not wanted.
            guard partitions.indices.contains(index), offset >= partitions[index].next,
                offset < partitions[index].high
            else { return }
            unsafe partitions[index].records.append(record(message))
            partitions[index].next = offset + 1
        case RD_KAFKA_RESP_ERR__PARTITION_EOF:
            guard partitions.indices.contains(index) else { return }
            partitions[index].next = max(partitions[index].next, offset)
        default: unsafe lastError = message.pointee.err.rawValue
        }
    }

    @unsafe private func record(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> MockRecord {
        // -1 when the producer did not say; the kind is of no interest.
        let milliseconds = unsafe rd_kafka_message_timestamp(message, nil)
        return unsafe MockRecord(
            topic: topic,
            partition: message.pointee.partition,
            offset: message.pointee.offset,
            key: bytes(message.pointee.key, message.pointee.key_len),
            value: bytes(message.pointee.payload, message.pointee.len),
            headers: headers(message),
            timestamp: milliseconds < 0 ? nil : Timestamp(millisecondsSinceEpoch: milliseconds)
        )
    }

    @unsafe private func headers(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> [RecordHeader] {
        var list: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list = unsafe list
        else { return [] }
        // The list stays the message's; names are terminated, values have a length.
        var headers: [RecordHeader] = []
        var name: UnsafePointer<CChar>?
        var start: UnsafeRawPointer?
        var size = 0
        while unsafe rd_kafka_header_get_all(list, headers.count, &name, &start, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
            let text = unsafe name.map { unsafe String(cString: $0) } ?? ""
            headers.append(RecordHeader(text, unsafe bytes(start, size).map { KafkaBytes($0) }))
        }
        return headers
    }

    /// librdkafka's sign for null is no address; what is empty has one.
    @unsafe private func bytes(_ start: UnsafeRawPointer?, _ count: Int) -> [UInt8]? {
        unsafe start.map { unsafe [UInt8](UnsafeRawBufferPointer(start: $0, count: count)) }
    }
}
