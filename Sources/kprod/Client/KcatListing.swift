// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The cluster as `kcat -L` shows it, except that brokers, topics and partitions come in order.
enum KcatListing {
    static func text(_ metadata: ClusterMetadata, topic: String?) -> String {
        let source = "\(metadata.sourceID ?? -1): \(printable(metadata.sourceName))"
        var lines = ["Metadata for \(topic.map { printable($0) } ?? "all topics") (from broker \(source)):"]
        lines.append(" \(metadata.brokers.count) brokers:")
        for broker in metadata.brokers {
            let role = broker.id == metadata.controllerID ? " (controller)" : ""
            lines.append("  broker \(broker.id) at \(printable(broker.host)):\(broker.port)\(role)")
        }
        lines.append(" \(metadata.topics.count) topics:")
        for topic in metadata.topics {
            let error = topic.error.map { " \(printable($0.message))\(retry($0))" } ?? ""
            lines.append("  topic \"\(printable(topic.name))\" with \(topic.partitions.count) partitions:\(error)")
            lines += topic.partitions.map { line($0) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One line of JSON, as of `kcat -L -J`.
    static func json(_ metadata: ClusterMetadata, topic: String?) -> String {
        var json = JSONText()
        json.line { json in
            json.object("originating_broker") { json in
                json.add("id", metadata.sourceID ?? -1)
                json.add("name", metadata.sourceName)
            }
            json.object("query") { $0.add("topic", topic ?? "*") }
            json.add("controllerid", metadata.controllerID ?? -1)
            json.array("brokers") { json in
                for broker in metadata.brokers {
                    json.element { json in
                        json.add("id", broker.id)
                        json.add("name", "\(broker.host):\(broker.port)")
                    }
                }
            }
            json.array("topics") { json in
                for topic in metadata.topics { json.element { add(topic, &$0) } }
            }
        }
        return json.text
    }

    private static func retry(_ error: KafkaError) -> String {
        error.code == .leaderNotAvailable ? " (try again)" : ""
    }

    private static func line(_ partition: ClusterMetadata.Partition) -> String {
        let error = partition.error.map { ", \(printable($0.message))" } ?? ""
        return "    partition \(partition.id), leader \(partition.leader ?? -1), replicas: "
            + "\(list(partition.replicas)), isrs: \(list(partition.inSyncReplicas))\(error)"
    }

    private static func list(_ brokers: [Int32]) -> String { brokers.map { String($0) }.joined(separator: ",") }

    private static func add(_ topic: ClusterMetadata.Topic, _ json: inout JSONText) {
        json.add("topic", topic.name)
        if let error = topic.error { json.add("error", error.message) }
        json.array("partitions") { json in
            for partition in topic.partitions { json.element { add(partition, &$0) } }
        }
    }

    private static func add(_ partition: ClusterMetadata.Partition, _ json: inout JSONText) {
        func ids(_ name: String, _ brokers: [Int32]) {
            json.array(name) { json in
                for broker in brokers { json.element { $0.add("id", broker) } }
            }
        }
        json.add("partition", partition.id)
        if let error = partition.error { json.add("error", error.message) }
        json.add("leader", partition.leader ?? -1)
        ids("replicas", partition.replicas)
        ids("isrs", partition.inSyncReplicas)
    }
}
