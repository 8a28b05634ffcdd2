// SPDX-License-Identifier: Apache-2.0

/// What a broker says of its cluster: the other brokers, the topics, and who leads which partition.
///
/// It was true when the broker answered. Host and topic names are the broker's own text.
public struct ClusterMetadata: Sendable, Hashable {
    /// A broker, as clients are to reach it.
    public struct Broker: Sendable, Hashable, Identifiable {
        /// Its number in the cluster.
        public let id: Int32
        /// The name or address that it advertises.
        public let host: String
        /// The port that it advertises.
        public let port: Int32

        /// Makes a broker, for tests of code that handles one.
        public init(id: Int32, host: String, port: Int32) {
            self.id = id
            self.host = host
            self.port = port
        }

        /// As in `bootstrap.servers`, such as `kafka-1:9092`; an IPv6 address is put into brackets.
        public var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// A partition of a topic.
    public struct Partition: Sendable, Hashable, Identifiable {
        /// Its number, from 0.
        public let id: Int32
        /// What is wrong with it, such as ``KafkaError/Code/leaderNotAvailable``.
        public let error: KafkaError?
        /// The broker that takes its messages; nil when there is none just now.
        public let leader: Int32?
        /// The brokers that are to keep a copy, the preferred leader first.
        public let replicas: [Int32]
        /// The brokers whose copy is up to date (ISR).
        public let inSyncReplicas: [Int32]

        /// Makes a partition, for tests of code that handles one.
        public init(id: Int32, error: KafkaError?, leader: Int32?, replicas: [Int32], inSyncReplicas: [Int32]) {
            self.id = id
            self.error = error
            self.leader = leader
            self.replicas = replicas
            self.inSyncReplicas = inSyncReplicas
        }
    }

    /// A topic and its partitions.
    public struct Topic: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Why nothing is known of it, such as ``KafkaError/Code/unknownTopicOrPartition`` or
        /// ``KafkaError/Code/topicAuthorizationFailed``.
        public let error: KafkaError?
        /// In the order of their numbers; empty with an error.
        public let partitions: [Partition]

        /// Makes a topic, for tests of code that handles one.
        public init(name: String, error: KafkaError?, partitions: [Partition]) {
            self.name = name
            self.error = error
            self.partitions = partitions
        }
    }

    /// The cluster's own identifier; nil when the broker did not tell.
    public let clusterID: String?
    /// The broker that is the controller, or speaks for it; nil when the broker did not tell.
    public let controllerID: Int32?
    /// The number of the broker that answered; nil when it was known by its address only.
    public let sourceID: Int32?
    /// librdkafka's name for the broker that answered, such as `kafka-1:9092/1`.
    public let sourceName: String
    /// All brokers that are up, in the order of their numbers.
    public let brokers: [Broker]
    /// The topics asked for, in the order of their names.
    public let topics: [Topic]

    /// Makes metadata, for tests of code that handles it.
    public init(
        clusterID: String?,
        controllerID: Int32?,
        sourceID: Int32?,
        sourceName: String,
        brokers: [Broker],
        topics: [Topic]
    ) {
        self.clusterID = clusterID
        self.controllerID = controllerID
        self.sourceID = sourceID
        self.sourceName = sourceName
        self.brokers = brokers
        self.topics = topics
    }
}
