// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// Something that goes wrong in a mock cluster, or is put right: the same words as an option and on standard input.
struct MockFault: Equatable, Sendable {
    enum Action: Equatable, Sendable {
        /// Every answer comes so much later.
        case roundTripTime(Duration, broker: Int32?)
        /// The next requests of a kind fail.
        case fail(MockCluster.Request, KafkaError.Code, count: Int, broker: Int32?)
        /// The next answer to a request of a kind comes late.
        case delay(MockCluster.Request, Duration, broker: Int32?)
        /// Nil is every broker.
        case down(Int32?)
        case up(Int32?)
        /// Nil is no leader.
        case leader(topic: String, partition: Int32, broker: Int32?)
        case createTopic(String, partitions: Int)
        /// What brokers say of a topic; nil is nothing wrong.
        case topicError(String, KafkaError.Code?)
        /// Forget the failures that no request has met yet.
        case clear
    }

    let action: Action
    /// How long after the start, or after it was typed.
    let delay: Duration
    /// As it was written.
    let text: String

    static let words = "rtt, fail, delay, down, up, leader, topic, topic-error, clear, help, quit"

    func apply(to cluster: MockCluster) async throws(KafkaError) {
        switch action {
        case .roundTripTime(let time, let broker): try await cluster.setRoundTripTime(time, broker: broker)
        case .fail(let request, let error, let count, let broker):
            try await cluster.failNext(request, with: error, count: count, on: broker)
        case .delay(let request, let time, let broker): try await cluster.delayNext(request, by: time, on: broker)
        case .down(let broker): try await cluster.brokerDown(broker)
        case .up(let broker): try await cluster.brokerUp(broker)
        case .leader(let topic, let partition, let broker):
            try await cluster.moveLeader(topic: topic, partition: partition, to: broker)
        case .createTopic(let name, let partitions): try await cluster.createTopic(name, partitions: partitions)
        case .topicError(let topic, let error?): try await cluster.failTopic(topic, with: error)
        case .topicError(let topic, nil): try await cluster.restoreTopic(topic)
        case .clear: try await cluster.clearFaults()
        }
    }
}
