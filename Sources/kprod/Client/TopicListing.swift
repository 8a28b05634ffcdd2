// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The cluster as `kprod topics` shows it: tables for people, or one JSON object.
struct TopicListing {
    let metadata: ClusterMetadata
    /// Whether every partition has a row of its own.
    let showsPartitions: Bool

    var text: String {
        var blocks = [brokers]
        if showsPartitions {
            blocks += metadata.topics.map { partitions($0) }
        } else if metadata.topics.isEmpty {
            blocks.append("no topics\n")
        } else {
            blocks.append(topics)
        }
        return blocks.joined(separator: "\n")
    }

    private var brokers: String {
        let cluster = metadata.clusterID.map { "cluster \(printable($0))\n" } ?? ""
        let rows = metadata.brokers.map { broker in
            ["\(broker.id)", printable(broker.address), broker.id == metadata.controllerID ? "controller" : ""]
        }
        return cluster + TextTable(["BROKER", "ADDRESS", ""], rightAligned: [0], rows: rows).text
    }

    private var topics: String {
        let rows = metadata.topics.map { topic in
            let replicas = topic.partitions.map(\.replicas.count).max().map { "\($0)" } ?? ""
            return [printable(topic.name), "\(topic.partitions.count)", replicas, Self.state(topic)]
        }
        return TextTable(["TOPIC", "PARTITIONS", "REPLICAS", "STATE"], rightAligned: [1, 2], rows: rows).text
    }

    private func partitions(_ topic: ClusterMetadata.Topic) -> String {
        let title = "topic \(printable(topic.name)): \(Self.state(topic))\n"
        if topic.partitions.isEmpty { return title }
        let rows = topic.partitions.map { partition in
            [
                "\(partition.id)", partition.leader.map { "\($0)" } ?? "none", Self.list(partition.replicas),
                Self.list(partition.inSyncReplicas), partition.error.map { printable($0.message) } ?? "",
            ]
        }
        return title
            + TextTable(["PARTITION", "LEADER", "REPLICAS", "IN SYNC", ""], rightAligned: [0, 1], rows: rows).text
    }

    private static func list(_ brokers: [Int32]) -> String { brokers.map { String($0) }.joined(separator: ",") }

    /// What is wrong with the topic, or "ok".
    private static func state(_ topic: ClusterMetadata.Topic) -> String {
        if let error = topic.error { return printable(error.message) }
        let leaderless = topic.partitions.count { $0.leader == nil }
        let lagging = topic.partitions.count { $0.inSyncReplicas.count < $0.replicas.count }
        let parts = [
            leaderless > 0 ? "\(leaderless) without a leader" : nil,
            lagging > 0 ? "\(lagging) with replicas out of sync" : nil,
        ]
        let text = parts.compactMap { $0 }.joined(separator: ", ")
        return text.isEmpty ? "ok" : text
    }

    /// One line.
    var json: String {
        let brokers = metadata.brokers.map { broker -> JSONValue in
            .object([("id", .number(broker.id)), ("host", .string(broker.host)), ("port", .number(broker.port))])
        }
        let object: JSONValue = .object([
            ("cluster", .optional(metadata.clusterID) { .string($0) }),
            ("controller", .optional(metadata.controllerID) { .number($0) }),
            ("brokers", .array(brokers)),
            ("topics", .array(metadata.topics.map { Self.json($0) })),
        ])
        return object.text + "\n"
    }

    private static func json(_ topic: ClusterMetadata.Topic) -> JSONValue {
        let partitions = topic.partitions.map { partition -> JSONValue in
            .object([
                ("partition", .number(partition.id)),
                ("leader", .optional(partition.leader) { .number($0) }),
                ("replicas", .array(partition.replicas.map { .number($0) })),
                ("isr", .array(partition.inSyncReplicas.map { .number($0) })),
                ("error", .optional(partition.error) { .string($0.name) }),
            ])
        }
        return .object([
            ("topic", .string(topic.name)),
            ("error", .optional(topic.error) { .string($0.name) }),
            ("partitions", .array(partitions)),
        ])
    }
}
