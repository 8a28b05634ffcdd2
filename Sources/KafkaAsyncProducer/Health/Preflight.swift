// SPDX-License-Identifier: Apache-2.0

/// What ``AsyncProducer/preflight(topics:deadline:)`` has found.
public struct Preflight: Sendable, Hashable {
    /// The topics that are there, in the order in which they were asked for.
    public let topics: [Topic]
    /// What is wrong, topic by topic.
    public let problems: [Problem]

    /// Whether every topic can be written to, as far as that can be known.
    public var isClear: Bool { !problems.contains { $0.isObstacle } }

    /// A topic that is there.
    public struct Topic: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// How many partitions it has.
        public let partitionCount: Int
        /// The largest batch it takes, its `max.message.bytes`; nil where that is not told.
        public let maximumMessageBytes: Int?
        /// How many replicas must be in sync for a write with ``AsyncProducer/Configuration/Delivery/Acks/all``, its
        /// `min.insync.replicas`; nil where that is not told.
        public let minimumInSyncReplicas: Int?
    }

    /// Something that is wrong.
    public struct Problem: Sendable, Hashable {
        /// Of which topic.
        public let topic: String
        /// Of which partition; nil for all.
        public let partition: Int32?
        /// What it is, and what to do.
        public let error: KafkaError
        /// Whether messages cannot be written now; else only some, such as large ones.
        public let isObstacle: Bool
    }
}

extension Preflight.Problem: CustomStringConvertible {
    /// The place and the error.
    public var description: String { "\(partition.map { "\(topic)[\($0)]" } ?? topic): \(error)" }
}

extension Preflight {
    private static let sizeName = "max.message.bytes"
    private static let replicasName = "min.insync.replicas"

    /// The settings of topics that matter.
    static var settingNames: Set<String> { [sizeName, replicasName] }

    /// Judges what brokers have told. Pure.
    init(
        _ names: [String],
        _ metadata: ClusterMetadata,
        _ settings: [String: [String: String]],
        _ own: CoreSettings
    ) {
        let known = Dictionary(metadata.topics.map { ($0.name, $0) }) { first, _ in first }
        var topics: [Topic] = []
        var problems: [Problem] = []
        for name in names {
            guard let found = known[name] else {
                problems.append(Problem(topic: name, partition: nil, error: .unseenTopic, isObstacle: true))
                continue
            }
            if let error = found.error {
                problems.append(Problem(topic: name, partition: nil, error: error, isObstacle: true))
                continue
            }
            let topic = Topic(
                name: name,
                partitionCount: found.partitions.count,
                maximumMessageBytes: settings[name]?[Self.sizeName].flatMap { Int($0) },
                minimumInSyncReplicas: settings[name]?[Self.replicasName].flatMap { Int($0) }
            )
            topics.append(topic)
            problems += Self.problems(of: found, topic, own)
        }
        (self.topics, self.problems) = (topics, problems)
    }

    private static func problems(
        of found: ClusterMetadata.Topic,
        _ topic: Topic,
        _ own: CoreSettings
    ) -> [Problem] {
        var problems: [Problem] = []
        for partition in found.partitions {
            if partition.leader == nil {
                let text = "the partition has no leader: its brokers are down, or one is being elected"
                let error = KafkaError(.leaderNotAvailable, text)
                problems.append(Problem(topic: topic.name, partition: partition.id, error: error, isObstacle: true))
            } else if let needed = topic.minimumInSyncReplicas, own.acks == .all,
                partition.inSyncReplicas.count < needed
            {
                let text =
                    "\(partition.inSyncReplicas.count) replicas are in sync, and \(replicasName) of the topic is \(needed)"
                let error = KafkaError(.notEnoughReplicas, text)
                problems.append(Problem(topic: topic.name, partition: partition.id, error: error, isObstacle: true))
            }
        }
        if let limit = topic.maximumMessageBytes, limit < own.maximumMessageBytes {
            let text =
                "the topic takes \(limit) bytes (\(sizeName)), and delivery.maximumMessageBytes is "
                + "\(own.maximumMessageBytes): a larger message would be accepted, and refused by the broker; lower it"
            let error = KafkaError(.messageTooLarge, text)
            problems.append(Problem(topic: topic.name, partition: nil, error: error, isObstacle: false))
        }
        return problems
    }
}

extension KafkaError {
    fileprivate static var unseenTopic: KafkaError {
        KafkaError(
            .unknownTopicOrPartition,
            "the topic does not exist, or this client may not see it: create it, check its name, or allow Describe and Write"
        )
    }
}
