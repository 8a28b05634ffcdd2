// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer {
    /// Waits until a broker has answered: name, network, TLS and authentication are as they must be.
    ///
    /// Asks about the topics that were written to, and about all while there is none; creates none.
    ///
    /// - Parameter deadline: How long to wait.
    /// - Returns: Who answered, and the brokers of the cluster.
    /// - Throws: ``KafkaError/Code/deadlineExceeded`` when none did, with the last trouble of the connections in words and its
    ///   ``KafkaError/securityFailure``; ``KafkaError/Code/cancelled``, ``KafkaError/Code/closed``,
    ///   ``KafkaError/Code/forked``, or the fatal error that stopped the producer.
    @discardableResult
    public func checkConnection(deadline: Duration = .seconds(10)) async throws(KafkaError) -> ClusterMetadata {
        try await core.answer(to: .knownTopics, within: deadline)
    }

    /// How long the settings of topics are waited for: a broker that tells them does so at once.
    private static var settingsTime: Int64 { 2_000_000_000 }

    /// Looks whether topics can be written to as this producer is configured, before the first message is.
    ///
    /// One question about the cluster, and one about the topics' settings, both within the deadline. Creates no topic.
    ///
    /// Whether writing is allowed is known only as far as brokers tell: of a topic that this client may not even see, and of one
    /// that may be seen but not written to nothing. Settings count where the client may read them (`DescribeConfigs`).
    ///
    /// - Parameters:
    ///   - topics: Names of topics.
    ///   - deadline: How long to wait for brokers.
    /// - Returns: What was found, with all that is wrong.
    /// - Throws: As ``checkConnection(deadline:)``, and ``KafkaError/Code/invalidTopic`` for a name that cannot be.
    public func preflight(
        topics: [String],
        deadline: Duration = .seconds(10)
    ) async throws(KafkaError) -> Preflight {
        let end = Uptime.end(of: deadline)
        for topic in topics { try Topic.validate(topic) }
        let metadata = try await core.answer(to: .allTopics, within: deadline)
        let known = metadata.topics.filter { topics.contains($0.name) && $0.error == nil }.map(\.name)
        let left = Duration.nanoseconds(min(Self.settingsTime, max(1_000_000, end - Uptime.now)))
        let settings = try await core.settings(of: known, within: left)
        return Preflight(topics, metadata, settings, core.settings)
    }
}

extension ProducerCore {
    /// Asks a broker, and says why none answered.
    func answer(
        to question: MetadataService.Question,
        within deadline: Duration
    ) async throws(KafkaError) -> ClusterMetadata {
        do throws(KafkaError) {
            return try await ask(question, timeout: deadline)
        } catch {
            guard error.code == .deadlineExceeded, let trouble = recentTrouble else { throw error }
            throw KafkaError(
                .deadlineExceeded,
                "no broker answered within \(deadline); last trouble: \(trouble.message)",
                securityFailure: trouble.securityFailure
            )
        }
    }

    /// What is known of these topics' settings; those that are not told in time are not.
    fileprivate func settings(
        of topics: [String],
        within deadline: Duration
    ) async throws(KafkaError) -> [String: [String: String]] {
        if topics.isEmpty { return [:] }
        let milliseconds = max(1, deadline.wholeMilliseconds)
        return try await wait(for: "settings of topics", milliseconds: milliseconds, orElse: .success([:])) { answer in
            guard let client = metadata.client else { return answer.finish(.success([:])) }
            // Not on the thread that asks for what the queues need: it may wait for as long as the caller has time.
            let isStarted = Thread.spawn(named: "kafka-admin") {
                let settings = client.settings(of: topics, named: Preflight.settingNames, timeout: milliseconds)
                answer.finish(.success(settings))
            }
            if !isStarted { answer.finish(.success([:])) }
        }
    }
}
