// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer {
    /// Asks a broker about the cluster: about one topic, or about all that this client may see.
    ///
    /// A new request, or one with others that ask the same at this moment; a thread of the library's waits for the answer. A broker with
    /// `auto.create.topics.enable` creates the topic that is asked for, as it does for one that is written to, unless
    /// ``Configuration/librdkafka`` has `allow.auto.create.topics=false`; asking about all topics creates none. Each
    /// topic that was asked for counts towards ``Configuration/Buffering/maximumTopics``.
    ///
    /// - Parameters:
    ///   - topic: The topic; nil for all. One that does not exist is part of the answer, with its
    ///     ``ClusterMetadata/Topic/error``.
    ///   - timeout: How long to wait for a broker that answers.
    /// - Throws: ``KafkaError/Code/deadlineExceeded`` when none did, ``KafkaError/Code/cancelled`` as soon as the task
    ///   is, ``KafkaError/Code/closed``, and what librdkafka says of the connection. The log says why a broker cannot
    ///   be reached.
    public func metadata(
        for topic: Topic? = nil,
        timeout: Duration = .seconds(10)
    ) async throws(KafkaError) -> ClusterMetadata {
        try await core.metadata(for: topic, timeout: timeout)
    }
}

extension ProducerCore {
    func metadata(for topic: Topic?, timeout: Duration) async throws(KafkaError) -> ClusterMetadata {
        if isForked { throw forkedError }
        if let topic { try know(topic) }
        let question = topic.map { topic in
            let rules = withState { state in state.topics.index(of: topic.name).map { state.topics[$0].rules } }
            return MetadataService.Question.topic(topic.name, rules?.properties ?? [:])
        }
        return try await ask(question ?? .allTopics, timeout: timeout)
    }

    /// Asks a broker. Equal questions share one answer, and each has its own time.
    func ask(_ question: MetadataService.Question, timeout: Duration) async throws(KafkaError) -> ClusterMetadata {
        if isForked { throw forkedError }
        if let refusal = withState({ $0.refusal }) { throw refusal }
        let milliseconds = max(1, timeout.wholeMilliseconds)
        let start = SuspendingClock.now
        let silence = Result<ClusterMetadata, KafkaError>.failure(.silence(timeout))
        return try await wait(for: "metadata", milliseconds: milliseconds, orElse: silence) { request in
            metadata.ask(question, timeout: milliseconds, isWanted: { !request.isFinished }) { answer in
                switch answer {
                case .success(let reply): request.finish(.success(ClusterMetadata(reply)))
                case .failure(let error):
                    request.finish(.failure(Self.failure(error.code, start.duration(to: .now), timeout)))
                }
            }
        }
    }

    /// librdkafka says "transport" for a broken connection, and also when no broker was up in time.
    private static func failure(_ code: ResponseCode, _ elapsed: Duration, _ timeout: Duration) -> KafkaError {
        if code == .destroyed { return KafkaError(.closed, "the producer is closed") }
        if code == .noThread {
            return KafkaError(.systemResources, "the system has no thread to wait for metadata on")
        }
        let error = KafkaError(code)
        let isOver = elapsed + .milliseconds(20) >= timeout
        guard error.code == .timedOut || error.code == .transport && isOver else { return error }
        return .silence(timeout)
    }
}

extension KafkaError {
    static func silence(_ timeout: Duration) -> KafkaError {
        KafkaError(.deadlineExceeded, "no broker answered within \(timeout); the log says why")
    }
}
