// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What is said of a topic that the brokers do not have.
enum UnknownTopic {
    /// `known` are the topics that they have.
    static func message(_ name: String, among known: [ClusterMetadata.Topic], advice: String = "create it") -> String {
        // Kafka's own topics are nobody's target.
        let candidates = known.filter { $0.error == nil && !$0.name.hasPrefix("__") }.map(\.name)
        let hint = Suggestion.nearest(to: name, in: candidates).map { "did you mean \(printable($0))?" }
        return "the brokers have no topic \"\(printable(name))\"; \(hint ?? "\(advice), or see kprod topics")"
    }
}
