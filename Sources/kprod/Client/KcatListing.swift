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
        let brokers = metadata.brokers.map { broker -> JSONValue in
            .object([("id", .number(broker.id)), ("name", .string("\(broker.host):\(broker.port)"))])
        }
        let source: JSONValue = .object([
            ("id", .number(metadata.sourceID ?? -1)), ("name", .string(metadata.sourceName)),
        ])
        let object: JSONValue = .object([
            ("originating_broker", source),
            ("query", .object([("topic", .string(topic ?? "*"))])),
            ("controllerid", .number(metadata.controllerID ?? -1)),
            ("brokers", .array(brokers)),
            ("topics", .array(metadata.topics.map { json($0) })),
        ])
        return object.text + "\n"
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

    private static func json(_ topic: ClusterMetadata.Topic) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [("topic", .string(topic.name))]
        if let error = topic.error { members.append(("error", .string(error.message))) }
        members.append(("partitions", .array(topic.partitions.map { json($0) })))
        return .object(members)
    }

    private static func json(_ partition: ClusterMetadata.Partition) -> JSONValue {
        func ids(_ brokers: [Int32]) -> JSONValue { .array(brokers.map { .object([("id", .number($0))]) }) }
        var members: [(name: String, value: JSONValue)] = [("partition", .number(partition.id))]
        if let error = partition.error { members.append(("error", .string(error.message))) }
        members.append(("leader", .number(partition.leader ?? -1)))
        members.append(("replicas", ids(partition.replicas)))
        members.append(("isrs", ids(partition.inSyncReplicas)))
        return .object(members)
    }
}
