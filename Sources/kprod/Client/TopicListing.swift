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
        var json = JSONText()
        json.line { json in
            json.add("cluster", orNull: metadata.clusterID)
            json.add("controller", orNull: metadata.controllerID)
            json.array("brokers") { json in
                for broker in metadata.brokers {
                    json.element { json in
                        json.add("id", broker.id)
                        json.add("host", broker.host)
                        json.add("port", broker.port)
                    }
                }
            }
            json.array("topics") { json in
                for topic in metadata.topics { json.element { Self.add(topic, &$0) } }
            }
        }
        return json.text
    }

    private static func add(_ topic: ClusterMetadata.Topic, _ json: inout JSONText) {
        json.add("topic", topic.name)
        json.add("error", orNull: topic.error?.name)
        json.array("partitions") { json in
            for partition in topic.partitions { json.element { add(partition, &$0) } }
        }
    }

    private static func add(_ partition: ClusterMetadata.Partition, _ json: inout JSONText) {
        json.add("partition", partition.id)
        json.add("leader", orNull: partition.leader)
        json.array("replicas") { json in
            for broker in partition.replicas { json.element(broker) }
        }
        json.array("isr") { json in
            for broker in partition.inSyncReplicas { json.element(broker) }
        }
        json.add("error", orNull: partition.error?.name)
    }
}
