// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A topic that is to be created where there is none.
struct TopicCreation: Sendable {
    /// Nil leaves it to the brokers.
    var partitions: Int?
    /// On how many brokers each partition is kept; nil leaves it to them.
    var replicationFactor: Int?
    /// Whom brokers that cannot be told to create a topic create it for, by being asked about it.
    let client: ClientOptions

    /// Has the topic created; returns why it was not.
    func create(_ name: String, _ producer: AsyncProducer, timeout: Duration) async -> ToolError? {
        let shown = printable(name)
        do throws(KafkaError) {
            try await producer.createTopic(
                Topic(name),
                partitions: partitions,
                replicationFactor: replicationFactor,
                timeout: timeout
            )
            return nil
        } catch {
            switch error.code {
            // Somebody was faster.
            case .topicAlreadyExists: return nil
            // Whether it is there all the same is seen by whoever asks for it.
            case .deadlineExceeded, .cancelled, .closed: return nil
            case .unsupportedFeature: return await createByAsking(name, timeout)
            case .topicAuthorizationFailed, .clusterAuthorizationFailed:
                return ToolError(.refused, "creating the topic \(shown) is not allowed; ask for CREATE on it")
            default:
                return ToolError(
                    .unavailable,
                    "the topic was not created: \(printable(error.message)); see --partitions and --replication-factor"
                )
            }
        }
    }

    /// The old way, which is up to `auto.create.topics.enable`.
    private func createByAsking(_ name: String, _ timeout: Duration) async -> ToolError? {
        if partitions != nil || replicationFactor != nil {
            return ToolError(
                .unavailable,
                "the brokers cannot be told how to create the topic \(printable(name)); leave out --partitions and "
                    + "--replication-factor, or create it with kafka-topics"
            )
        }
        do throws(ToolError) {
            _ = try await ClusterQuery(client: client, timeout: timeout, mayCreate: true).metadata(for: name, .silent)
            return nil
        } catch {
            return error
        }
    }

    /// What an existing topic is not like.
    func difference(from topic: ClusterMetadata.Topic) -> String? {
        let (count, replicas) = (topic.partitions.count, topic.partitions.map(\.replicas.count).min())
        var parts: [String] = []
        if let partitions, partitions != count { parts.append("\(count) partitions, not \(partitions)") }
        if let replicationFactor, let replicas, replicationFactor != replicas {
            parts.append("a replication factor of \(replicas), not \(replicationFactor)")
        }
        if parts.isEmpty { return nil }
        return "the topic \(printable(topic.name)) exists, with \(parts.joined(separator: " and "))"
    }
}
