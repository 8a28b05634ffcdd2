// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What to do about a failure.
enum NextStep {
    static func after(_ code: KafkaError.Code) -> String? {
        switch code {
        case .messageTooLarge:
            "raise -X message.max.bytes here and max.message.bytes of the topic, or cut the record"
        case .messageTimedOut: "look at the brokers; -X message.timeout.ms waits longer"
        case .unknownTopic, .unknownTopicOrPartition: "create the topic, or check -t"
        case .unknownPartition: "name a partition that the topic has"
        case .topicAuthorizationFailed, .clusterAuthorizationFailed: "ask for the WRITE permission on the topic"
        case .notEnoughReplicas, .notEnoughReplicasAfterAppend: "bring back replicas, or lower min.insync.replicas"
        case .fenced, .invalidProducerEpoch:
            "another process has the same --transactional-id, or the transaction was open for too long"
        case .policyViolation, .invalidRecord: "the broker's log says which rule the record breaks"
        default: nil
        }
    }
}
