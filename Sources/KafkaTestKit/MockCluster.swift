// SPDX-License-Identifier: Apache-2.0

public import KafkaAsyncProducer
internal import RDKafka

/// A Kafka cluster inside this process, for tests: brokers on 127.0.0.1 that speak the real protocol.
///
/// Any client can connect to ``bootstrapServers``, also from another process. The cluster knows produce, fetch,
/// metadata, consumer groups and transactions; it has no TLS, no SASL, no admin requests and no quotas, it does not
/// check the size of messages, and it keeps everything in memory: the newest 5 MiB and 100,000 batches per partition.
/// A topic that a client asks for and that does not exist is created with 4 partitions.
///
/// Prefer ``withMockCluster(brokers:topics:_:)``, which shuts the cluster down on every way out. A cluster whose last
/// reference goes away shuts down too, on a thread of its own that nobody waits for.
///
/// Nothing here blocks the caller's thread: each call runs on a short-lived thread while the caller is suspended.
/// Calls are safe from any task; after ``shutdown()`` they throw ``/KafkaAsyncProducer/KafkaError/Code/closed``, and in a
/// forked child ``/KafkaAsyncProducer/KafkaError/Code/forked``.
public final class MockCluster: Sendable {
    /// One `host:port` per broker, in the order of the brokers' ids, which start at 1.
    public let bootstrapServers: [String]

    let handle: MockClusterHandle

    /// Starts a cluster; when it returns, the brokers accept connections and the topics exist.
    ///
    /// - Parameters:
    ///   - brokers: How many brokers, 1 to 100.
    ///   - topics: Partitions by topic, as in ``createTopic(_:partitions:replicationFactor:)``.
    /// - Throws: ``/KafkaAsyncProducer/KafkaError/Code/invalidConfiguration`` for a number or a name that is not allowed,
    ///   ``/KafkaAsyncProducer/KafkaError/Code/systemResources`` when the system has no sockets or threads to give.
    public init(brokers: Int = 3, topics: [String: Int] = [:]) async throws(KafkaError) {
        guard let brokerCount = Int32(exactly: brokers), Self.brokerLimit.contains(brokerCount) else {
            throw KafkaError(.invalidConfiguration, "a mock cluster has 1 to 100 brokers, not \(brokers)")
        }
        let handle = try await offPool("mock-start") { () throws(KafkaError) in
            try MockClusterHandle(brokers: brokerCount)
        }
        self.handle = handle
        self.bootstrapServers = handle.bootstrapServers
        if Self.namesLeaders(LibraryVersion.running) {
            try await limitVersions(of: .produce, to: Self.safeProduceVersions)
        }
        // In order of their names, so that the same topics always make the same cluster.
        for (topic, partitions) in topics.sorted(by: { $0.key < $1.key }) {
            try await createTopic(topic, partitions: partitions)
        }
    }

    /// Creates a topic; when it returns, every broker knows it.
    ///
    /// - Parameters:
    ///   - topic: A name that Kafka allows.
    ///   - partitions: How many partitions, 1 to 10,000. The leaders are chosen at random; see
    ///     ``moveLeader(topic:partition:to:)``.
    ///   - replicationFactor: How many replicas each partition has; nil is 3, or the number of brokers if that is less.
    ///     librdkafka 2.0.2 accepts any value and always uses that default.
    /// - Throws: ``/KafkaAsyncProducer/KafkaError`` with Kafka's `TOPIC_ALREADY_EXISTS` (36) when it does, with
    ///   ``/KafkaAsyncProducer/KafkaError/Code/invalidTopic`` or ``/KafkaAsyncProducer/KafkaError/Code/invalidConfiguration`` for an argument out of range.
    public func createTopic(
        _ topic: String,
        partitions: Int,
        replicationFactor: Int? = nil
    ) async throws(KafkaError) {
        try Self.validate(topic: topic)
        guard let count = Int32(exactly: partitions), Self.partitionLimit.contains(count) else {
            throw KafkaError(.invalidConfiguration, "a mock topic has 1 to 10,000 partitions, not \(partitions)")
        }
        let brokers = bootstrapServers.count
        let replicas = replicationFactor ?? min(3, brokers)
        guard let replicaCount = Int32(exactly: replicas), (1...brokers).contains(replicas) else {
            throw KafkaError(
                .invalidConfiguration,
                "a replication factor of \(replicas) does not fit a cluster of \(brokers) brokers"
            )
        }
        let handle = handle
        try await offPool("mock-topic") { () throws(KafkaError) in
            try handle.createTopic(topic, partitions: count, replicas: replicaCount)
        }
    }

    /// Stops the brokers, closes every connection and frees what they hold; returns when that is done.
    ///
    /// A second call waits for the first and does nothing more. Runs to its end in a cancelled task as well.
    public func shutdown() async {
        let handle = handle
        do {
            try await offPool("mock-stop") { handle.shutdown() }
        } catch {
            // No thread to be had: `handle` frees the cluster with its last reference instead.
        }
    }

    /// Runs `body` with a new cluster and shuts it down on every way out.
    ///
    /// - Parameters:
    ///   - brokers: How many brokers, 1 to 100.
    ///   - topics: Partitions by topic.
    ///   - body: What to do with the cluster; keeping the cluster beyond it is of no use.
    /// - Returns: What `body` returned.
    /// - Throws: What `body` threw, or a ``/KafkaAsyncProducer/KafkaError`` when the cluster could not be started.
    public static func withMockCluster<Result>(
        brokers: Int = 3,
        topics: [String: Int] = [:],
        _ body: (MockCluster) async throws -> Result
    ) async throws -> Result {
        let cluster = try await MockCluster(brokers: brokers, topics: topics)
        do {
            let result = try await body(cluster)
            await cluster.shutdown()
            return result
        } catch {
            await cluster.shutdown()
            throw error
        }
    }
}

/// Runs `body` with a new cluster and shuts it down on every way out: see ``MockCluster``.
///
/// - Parameters:
///   - brokers: How many brokers, 1 to 100.
///   - topics: Partitions by topic.
///   - body: What to do with the cluster; keeping the cluster beyond it is of no use.
/// - Returns: What `body` returned.
/// - Throws: What `body` threw, or a ``/KafkaAsyncProducer/KafkaError`` when the cluster could not be started.
public func withMockCluster<Result>(
    brokers: Int = 3,
    topics: [String: Int] = [:],
    _ body: (MockCluster) async throws -> Result
) async throws -> Result {
    try await MockCluster.withMockCluster(brokers: brokers, topics: topics, body)
}
