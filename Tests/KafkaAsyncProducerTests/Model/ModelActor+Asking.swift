// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Calls that send nothing. Whatever they are told, the account is as if they had not been.
extension ModelActor {
    func look(_ producer: AsyncProducer) {
        let statistics = producer.statistics
        account.expect(producer.inFlightCount >= 0 && !producer.name.isEmpty, "\(producer.name): \(statistics)")
        account.expect(!AsyncProducer.librdkafkaVersion.isEmpty, "no version of librdkafka")
        let lines = String(reflecting: producer).split(separator: "\n")
        account.expect((10...30).contains(lines.count), "a description of \(lines.count) lines")
        let fatalError = producer.fatalError
        let isPossible = fatalError.map { $0.isFatal && account.plan.mayBeFatal } ?? true
        account.expect(isPossible, "stopped by \(String(describing: fatalError))")
        let health = producer.health
        let isExplained = health.isAccepting || account.mayBeClosed || health.fatalError != nil
        account.expect(isExplained, "not accepting: \(health)")
        let isKnown = health.oldest.map { account.setting.knows($0.topic) && health.inFlightCount > 0 } ?? true
        account.expect(isKnown && health.description.contains("in flight"), "the oldest of \(health)")
        let isNumbered = health.brokers.allSatisfy { (1...Int32(account.setting.brokers)).contains($0.id ?? 1) }
        account.expect(isNumbered, "of \(account.setting.brokers) brokers: \(health.brokers)")
    }

    func settle(_ name: String, _ plan: ModelTopicSettings, _ producer: AsyncProducer) {
        let mustFail =
            switch plan {
            case .negativeTimeout: true
            case .leaderAcks: account.setting.isIdempotent
            case .none, .compression: false
            }
        // The topic would take them, and what is judged by the acks of the producer would come with others.
        if case .leaderAcks = plan, !mustFail { return }
        do throws(KafkaError) {
            let topic = try producer.topic(name, settings: plan.settings)
            account.expect(!mustFail && account.setting.knows(name), "a handle for \"\(name)\", \(plan)")
            handles.add(topic)
        } catch {
            if mustFail { return account.expect(error.code == .invalidConfiguration, "topic(\"\(name)\"): \(error)") }
            // Whoever is the first to name a topic settles it.
            let isTaken = error.code == .invalidConfiguration && account.setting.knows(name)
            account.expect(isTaken || isRefused(error, naming: [name]), "topic(\"\(name)\") \(plan) threw \(error)")
        }
    }

    func metadata(_ topic: String?, _ timeout: Duration, _ producer: AsyncProducer) async {
        let answer = await ask("metadata", within: timeout, naming: topic.map { [$0] } ?? []) {
            () async throws(KafkaError) in
            try await producer.metadata(for: topic.map { Topic($0) }, timeout: timeout)
        }
        guard let answer else { return }
        check(answer)
        if let topic { account.expect(answer.topics.map(\.name) == [topic], "asked for \(topic): \(answer)") }
    }

    func checkConnection(_ deadline: Duration, _ producer: AsyncProducer) async {
        let answer = await ask("checkConnection", within: deadline, naming: []) { () async throws(KafkaError) in
            try await producer.checkConnection(deadline: deadline)
        }
        if let answer { check(answer) }
    }

    private func check(_ metadata: ClusterMetadata) {
        let setting = account.setting
        let isSound =
            !metadata.brokers.isEmpty && metadata.brokers.allSatisfy { (1...Int32(setting.brokers)).contains($0.id) }
        account.expect(isSound, "of \(setting.brokers) brokers: \(metadata)")
        for topic in metadata.topics where topic.error == nil {
            account.expect(topic.partitions.count == setting.partitions(of: topic.name), "\(topic)")
        }
    }

    func preflight(_ topics: [String], _ deadline: Duration, _ producer: AsyncProducer) async {
        let answer = await ask("preflight", within: deadline, naming: topics) { () async throws(KafkaError) in
            try await producer.preflight(topics: topics, deadline: deadline)
        }
        guard let answer else { return }
        let found = answer.topics.map(\.name)
        account.expect(found == topics.filter { found.contains($0) }, "found \(answer) of \(topics)")
        for topic in topics where !found.contains(topic) {
            let problems = answer.problems.filter { $0.topic == topic }
            account.expect(problems.contains { $0.isObstacle }, "nothing is said of \(topic): \(answer)")
        }
        for topic in answer.topics {
            account.expect(topic.partitionCount == account.setting.partitions(of: topic.name), "\(topic)")
        }
        let isClear = !topics.contains(ModelSetting.missingTopic)
        account.expect(
            answer.isClear == isClear || account.plan.hasFaults,
            "of \(topics) in a cluster without faults: \(answer)"
        )
    }

    func createTopic(
        _ name: String,
        _ partitions: Int?,
        _ replicas: Int?,
        _ timeout: Duration,
        _ producer: AsyncProducer
    ) async {
        let isPossible = (partitions.map { 1...1_000_000 ~= $0 } ?? true) && replicas != 0
        let created: Void? = await ask(
            "createTopic",
            within: timeout,
            naming: [name],
            isPossible ? .unsupportedFeature : .invalidConfiguration
        ) { () async throws(KafkaError) in
            try await producer.createTopic(
                Topic(name),
                partitions: partitions,
                replicationFactor: replicas,
                timeout: timeout
            )
        }
        account.expect(created == nil, "the mock cluster has created \(name)")
    }

    /// Asks, and looks whether it was in time and what it threw was to be thrown.
    private func ask<Answer>(
        _ what: String,
        within deadline: Duration,
        naming topics: [String],
        _ others: KafkaError.Code...,
        by question: () async throws(KafkaError) -> Answer
    ) async -> Answer? {
        let start = ContinuousClock.now
        func elapsed() -> Duration { ContinuousClock.now - start }
        defer {
            account.expect(elapsed() < max(deadline, .zero) + Self.patience, "\(what)(\(deadline)) took \(elapsed())")
        }
        do throws(KafkaError) {
            return try await question()
        } catch {
            let isExpected =
                isRefused(error, naming: topics) || others.contains(error.code)
                || error.code == .cancelled && Task.isCancelled
                // Its clock is librdkafka's, of whole milliseconds.
                || error.code == .deadlineExceeded && elapsed() + .milliseconds(25) >= deadline
                || Self.connectionErrors.contains(error.code) && account.plan.hasFaults
            account.expect(isExpected, "\(what)(\(topics)) within \(deadline) threw \(error) after \(elapsed())")
            return nil
        }
    }

    /// Why a call is refused that names topics.
    func isRefused(_ error: KafkaError, naming topics: [String]) -> Bool {
        if error.isFatal { return account.plan.mayBeFatal }
        switch error.code {
        case .closed: return account.mayBeClosed
        case .tooManyTopics: return account.setting.buffering.maximumTopics < 10
        case .invalidTopic: return topics.contains { ModelMessage.badTopics.contains($0) }
        default: return false
        }
    }

    private static let connectionErrors: [KafkaError.Code] = [.transport, .allBrokersDown, .timedOut]
}

extension ModelSetting {
    /// Whether it is a topic of a plan.
    func knows(_ topic: String) -> Bool { partitions(of: topic) != nil || topic == Self.missingTopic }
}
