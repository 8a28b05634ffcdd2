// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer {
    /// Creates a topic, also where brokers have `auto.create.topics.enable` off.
    ///
    /// A thread of the library's waits for the answer of the controller. Brokers may take a moment to hear of the topic:
    /// messages to it wait for that.
    ///
    /// - Parameters:
    ///   - topic: Its name.
    ///   - partitions: How many; nil leaves it to the brokers' `num.partitions`.
    ///   - replicationFactor: On how many brokers each is kept; nil leaves it to `default.replication.factor`.
    ///   - timeout: How long to wait for the answer. Behind it, or a cancellation, the topic may be created all the same.
    /// - Throws: ``KafkaError/Code/topicAlreadyExists``; ``KafkaError/Code/topicAuthorizationFailed`` or
    ///   ``KafkaError/Code/clusterAuthorizationFailed`` for somebody who may not; what else the brokers say, such as
    ///   that there are fewer of them than replicas; ``KafkaError/Code/unsupportedFeature`` from brokers that know no such
    ///   request, as KafkaTestKit's `MockCluster`; ``KafkaError/Code/deadlineExceeded``,
    ///   ``KafkaError/Code/cancelled``, ``KafkaError/Code/closed``.
    public func createTopic(
        _ topic: Topic,
        partitions: Int? = nil,
        replicationFactor: Int? = nil,
        timeout: Duration = .seconds(30)
    ) async throws(KafkaError) {
        try await core.createTopic(topic, partitions, replicationFactor, timeout)
    }
}

extension ProducerCore {
    fileprivate func createTopic(
        _ topic: Topic,
        _ partitions: Int?,
        _ replicationFactor: Int?,
        _ timeout: Duration
    ) async throws(KafkaError) {
        if isForked { throw forkedError }
        try Topic.validate(topic.name)
        let count = try Self.count(partitions, upTo: 1_000_000, "partitions")
        let replicas = try Self.count(replicationFactor, upTo: Int(Int16.max), "replicationFactor")
        if let refusal = withState({ $0.refusal }) { throw refusal }
        guard let client = metadata.client else { throw KafkaError(.closed, "the producer is closed") }
        let milliseconds = max(1, timeout.wholeMilliseconds)
        let silence = Result<Void, KafkaError>.failure(.silence(timeout))
        return try await wait(for: "the new topic", milliseconds: milliseconds, orElse: silence) { slot in
            let isStarted = Thread.spawn(named: "kafka-admin") { [metadata] in
                let answer = Result { () throws(Client.TopicError) in
                    try client.createTopic(
                        topic.name,
                        partitions: count,
                        replicas: replicas,
                        timeout: min(milliseconds, 3_600_000),
                        isWanted: { !slot.isFinished && metadata.client != nil }
                    )
                }
                let isClosed = metadata.client == nil
                slot.finish(answer.mapError { Self.failure($0, topic, timeout, isClosed: isClosed) })
            }
            if !isStarted {
                slot.finish(.failure(KafkaError(.systemResources, "the system has no thread to wait on")))
            }
        }
    }

    /// -1 is the brokers' choice.
    private static func count(_ number: Int?, upTo limit: Int, _ name: String) throws(KafkaError) -> Int32 {
        guard let number else { return -1 }
        guard 1...limit ~= number else {
            throw KafkaError(.invalidConfiguration, "\(name) (\(number)) must be from 1 to \(limit)")
        }
        return Int32(clamping: number)
    }

    private static func failure(
        _ error: Client.TopicError,
        _ topic: Topic,
        _ timeout: Duration,
        isClosed: Bool
    ) -> KafkaError {
        if isClosed || error.code == .destroyed { return KafkaError(.closed, "the producer is closed") }
        if error.code == .timedOut { return .silence(timeout) }
        return KafkaError(error.code, "topic \"\(topic.name)\": \(error.reason)")
    }
}
