// SPDX-License-Identifier: Apache-2.0

public import KafkaAsyncProducer
internal import RDKafka

extension MockCluster {
    /// A kind of request, as Kafka's protocol numbers it.
    public struct Request: RawRepresentable, Hashable, Sendable {
        /// The API key of the protocol.
        public let rawValue: Int16

        /// Any request, also one that has no name here.
        public init(rawValue: Int16) { self.rawValue = rawValue }

        /// Writes records.
        public static let produce = Request(rawValue: 0)
        /// Reads records; ``MockCluster/records(in:deadline:)`` uses it too.
        public static let fetch = Request(rawValue: 1)
        /// Asks for the first or last offset; ``MockCluster/records(in:deadline:)`` uses it too.
        public static let listOffsets = Request(rawValue: 2)
        /// Asks who coordinates a group or a transaction.
        public static let findCoordinator = Request(rawValue: 10)
        /// Obtains the id that idempotence and transactions need.
        public static let initProducerId = Request(rawValue: 22)
        /// Adds partitions to a transaction.
        public static let addPartitionsToTransaction = Request(rawValue: 24)
        /// Commits or aborts a transaction.
        public static let endTransaction = Request(rawValue: 26)
    }

    /// Makes the next requests of one kind fail, one per error, in this order; later ones succeed again.
    ///
    /// The first connection that sends such a request meets the first error, whatever the broker. A failed produce
    /// request writes nothing. Metadata requests cannot be failed: see ``failTopic(_:with:)``.
    ///
    /// - Parameters:
    ///   - request: The kind of request.
    ///   - errors: Errors of the Kafka protocol, or ``/KafkaAsyncProducer/KafkaError/Code/transport`` to break the connection instead.
    ///   - broker: Only requests to the broker with this id; nil is any.
    /// - Throws: ``/KafkaAsyncProducer/KafkaError/Code/invalidConfiguration`` for an error that no broker can give, or without `broker`
    ///   once ``delayNext(_:by:on:with:)`` was used for the same kind of request: librdkafka 2.0.2 would ignore it.
    public func failNext(
        _ request: Request = .produce,
        with errors: [KafkaError.Code],
        on broker: Int32? = nil
    ) async throws(KafkaError) {
        let codes = try errors.map(Self.brokerError)
        let broker = try target(broker)
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            guard broker > 0 else { return try handle.pushErrors(codes, request: request.rawValue) }
            for code in codes {
                try handle.pushError(code, delay: 0, request: request.rawValue, broker: broker)
            }
        }
    }

    /// Makes the next `count` requests of one kind fail in the same way, as ``failNext(_:with:on:)`` does.
    public func failNext(
        _ request: Request = .produce,
        with error: KafkaError.Code,
        count: Int = 1,
        on broker: Int32? = nil
    ) async throws(KafkaError) {
        guard (0...1_000_000).contains(count) else {
            throw KafkaError(.invalidConfiguration, "the number of requests to fail is 0 to 1,000,000, not \(count)")
        }
        try await failNext(request, with: Array(repeating: error, count: count), on: broker)
    }

    /// Takes back the errors of ``failNext(_:with:on:)`` that no request has met yet.
    ///
    /// What was meant for a single broker, and what ``delayNext(_:by:on:with:)`` asked for, cannot be taken back.
    ///
    /// - Parameter request: The kind of request; nil is every kind.
    public func clearFaults(_ request: Request? = nil) async throws(KafkaError) {
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            try handle.clearErrors(request: request?.rawValue)
        }
    }

    /// Makes a broker answer the next request of one kind later than usual; it acts on the request at once.
    ///
    /// With ``brokerDown(_:)`` during the delay the answer is lost although the records were written.
    ///
    /// - Parameters:
    ///   - request: The kind of request.
    ///   - delay: How much later; rounded up to milliseconds, at most 24 days.
    ///   - broker: The broker's id; nil delays the next request to each of the brokers.
    ///   - error: What the late answer says; nil is success.
    public func delayNext(
        _ request: Request = .produce,
        by delay: Duration,
        on broker: Int32? = nil,
        with error: KafkaError.Code? = nil
    ) async throws(KafkaError) {
        let code = try error.map(Self.brokerError) ?? 0
        let milliseconds = delay.clampedMilliseconds
        let brokers = try brokers(broker)
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            for broker in brokers {
                try handle.pushError(code, delay: milliseconds, request: request.rawValue, broker: broker)
            }
        }
    }

    /// Closes every connection of a broker and refuses new ones; it keeps its port and its partitions.
    ///
    /// - Important: Do not start a child process at the same moment. librdkafka 2.0.2 binds the broker's port again at
    ///   once and aborts the process when it cannot, which is so while a child that is just being started still holds a
    ///   copy of the socket. `swift test --no-parallel` keeps tests that start processes apart from tests that do this.
    ///
    /// - Parameter id: The broker's id; nil is all of them.
    public func brokerDown(_ id: Int32? = nil) async throws(KafkaError) {
        try await setBroker(id, isUp: false)
    }

    /// Lets a broker accept connections again.
    ///
    /// - Parameter id: The broker's id; nil is all of them.
    public func brokerUp(_ id: Int32? = nil) async throws(KafkaError) {
        try await setBroker(id, isUp: true)
    }

    /// Makes every answer of a broker later from now on.
    ///
    /// - Parameters:
    ///   - time: How much later; rounded up to milliseconds, at most 24 days. Zero is the default.
    ///   - broker: The broker's id; nil is all of them.
    public func setRoundTripTime(_ time: Duration, broker: Int32? = nil) async throws(KafkaError) {
        let target = try target(broker)
        let milliseconds = time.clampedMilliseconds
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            try handle.setRoundTripTime(milliseconds, broker: target)
        }
    }

    /// Gives a partition another leader; clients learn it from their next error or metadata.
    ///
    /// - Parameters:
    ///   - topic: The topic, which is created if it does not exist.
    ///   - partition: The partition.
    ///   - broker: The new leader's id; nil leaves the partition without one.
    public func moveLeader(topic: String, partition: Int32, to broker: Int32?) async throws(KafkaError) {
        try Self.validate(topic: topic)
        try Self.validate(partition: partition)
        let target = try target(broker)
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            try handle.setLeader(topic: topic, partition: partition, broker: target)
        }
    }

    /// Whether ``failTopic(_:with:)`` takes every error with the librdkafka in use: a condition for tests.
    public static var canFailTopics: Bool { canFailTopics(LibraryVersion.running) }

    /// Makes metadata requests report an error for a topic until ``restoreTopic(_:)``.
    ///
    /// - Parameters:
    ///   - topic: The topic, which is created if it does not exist.
    ///   - error: An error of the Kafka protocol. ``/KafkaAsyncProducer/KafkaError/Code/unknownTopicOrPartition`` hides the topic.
    /// - Throws: ``/KafkaAsyncProducer/KafkaError/Code/invalidConfiguration`` for any other error with librdkafka 2.3 to 2.9, whose mock
    ///   cluster would crash the process when a client asks for the topic.
    public func failTopic(_ topic: String, with error: KafkaError.Code) async throws(KafkaError) {
        try Self.validate(topic: topic)
        try Self.validate(topicError: error, version: LibraryVersion.running)
        guard error != .transport else {
            throw KafkaError(.invalidConfiguration, "a metadata answer cannot break the connection: use brokerDown")
        }
        try await setTopicError(topic, Self.brokerError(error))
    }

    /// Makes the brokers know only some versions of a kind of request, as older or newer ones do.
    ///
    /// Clients learn it when they connect: those that are connected go on as before.
    ///
    /// - Parameters:
    ///   - request: The kind of request.
    ///   - versions: The versions of the protocol, such as `3...7`.
    /// - Throws: ``/KafkaAsyncProducer/KafkaError/Code/invalidConfiguration`` for versions of ``Request/produce`` above 9 with librdkafka 2.5
    ///   or newer, whose mock cluster would crash the process where a partition has no leader.
    public func limitVersions(
        of request: Request,
        to versions: ClosedRange<Int16>
    ) async throws(KafkaError) {
        guard versions.lowerBound >= 0 else {
            throw KafkaError(.invalidConfiguration, "versions of requests begin at 0")
        }
        try Self.validate(versions, of: request, version: LibraryVersion.running)
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            try handle.setVersions(versions, request: request.rawValue)
        }
    }

    /// Ends what ``failTopic(_:with:)`` began.
    ///
    /// - Parameter topic: The topic, which is created if it does not exist.
    public func restoreTopic(_ topic: String) async throws(KafkaError) {
        try Self.validate(topic: topic)
        try await setTopicError(topic, 0)
    }
}

extension MockCluster {
    private func setBroker(_ id: Int32?, isUp: Bool) async throws(KafkaError) {
        let brokers = try brokers(id)
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            for broker in brokers { try handle.setBroker(broker, isUp: isUp) }
        }
    }

    private func setTopicError(_ topic: String, _ code: Int32) async throws(KafkaError) {
        let handle = handle
        try await offPool("mock-fault") { () throws(KafkaError) in
            try handle.setTopicError(topic, code)
        }
    }

    private func brokers(_ id: Int32?) throws(KafkaError) -> ClosedRange<Int32> {
        guard let id else { return handle.brokerIDs }
        guard handle.brokerIDs.contains(id) else {
            throw KafkaError(.invalidConfiguration, "there is no broker \(id): ids are 1 to \(bootstrapServers.count)")
        }
        return id...id
    }

    /// librdkafka writes -1 for "all brokers" and for "no leader".
    private func target(_ broker: Int32?) throws(KafkaError) -> Int32 {
        guard let broker else { return -1 }
        return try brokers(broker).lowerBound
    }

    /// The mock writes the code into its answer: only what a broker can say, and librdkafka's sign for "hang up".
    private static func brokerError(_ code: KafkaError.Code) throws(KafkaError) -> Int32 {
        guard (1...Int32(Int16.max)).contains(code.rawValue) || code == .transport else {
            throw KafkaError(.invalidConfiguration, "\(code) (\(code.rawValue)) is not an error that a broker can give")
        }
        return code.rawValue
    }
}
