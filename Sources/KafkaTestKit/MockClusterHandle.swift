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
    private let forkGeneration: Int

    /// A forked child has none of the cluster's threads, and the lock may be held by one of them.
    private var isForked: Bool { forkGeneration != ForkGuard.current }

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
        ForkGuard.register()
        self.forkGeneration = ForkGuard.current
        self.state = unsafe Mutex(State(pointers: Pointers(host: host, cluster: cluster)))
    }

    deinit {
        if isForked { return }
        let pointers = unsafe state.withLock { state in unsafe state.pointers.take() }
        guard let pointers = unsafe pointers else { return }
        // The last reference may go away on a thread that runs tasks. Without a thread to be had, blocking it is still
        // better than leaking the cluster's threads.
        if !Thread.spawn(named: "mock-stop", { unsafe rd_kafka_destroy(pointers.host) }) {
            unsafe rd_kafka_destroy(pointers.host)
        }
    }

    /// Whether `shutdown` was called.
    var isShutDown: Bool { !isForked && state.withLock { state in unsafe state.pointers == nil } }

    /// Frees the cluster; a second call returns when the first has.
    func shutdown() {
        if isForked { return }
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
        try refuseInChild("fail requests")
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
        try refuseInChild("clear faults")
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

    func setVersions(_ versions: ClosedRange<Int16>, request: Int16) throws(KafkaError) {
        try unsafe perform("versions of request \(request)") { cluster in
            unsafe rd_kafka_mock_set_apiversion(cluster, request, versions.lowerBound, versions.upperBound)
        }
    }

    /// 0 is no error.
    func setTopicError(_ topic: String, _ code: Int32) throws(KafkaError) {
        try unsafe perform("error of topic \(topic)") { cluster in
            unsafe rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(rawValue: code))
            return RD_KAFKA_RESP_ERR_NO_ERROR
        }
    }

    private func refuseInChild(_ action: String) throws(KafkaError) {
        if isForked { throw KafkaError(.forked, "\(action): the mock cluster belongs to the parent of this process") }
    }

    /// Calls into librdkafka while the cluster cannot go away, and says in words what it refused.
    private func perform(
        _ action: String,
        _ call: (OpaquePointer) -> rd_kafka_resp_err_t
    ) throws(KafkaError) {
        try refuseInChild(action)
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
