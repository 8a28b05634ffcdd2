// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Makes sure that the topic exists before the first record is read.
struct TopicCheck: Sendable {
    let topic: String
    /// Whether asking about it may create it.
    let creates: Bool
    /// How it is created where it does not exist; nil does not.
    var creation: TopicCreation?
    /// Whether it is a reason to give up that no broker answers; otherwise that is for the run to find out.
    let isRequired: Bool
    /// How long a broker may take to answer, and a new topic to come up.
    let timeout: Duration

    /// How long a run waits for the answer that does not need it, and how much of that once something is wrong.
    private static let patience = (silent: Duration.seconds(3), troubled: Duration.milliseconds(400))

    /// A topic that was created a moment ago is not known to every broker at once.
    private static let propagation = Duration.seconds(2)
    private static let pause = Duration.milliseconds(100)

    /// Why the topic was not created, once that is known.
    private final class Refusal: Sendable {
        let reason = Mutex<ToolError?>(nil)
    }

    /// Why there is nothing to write to; nil when there is, or when the task was cancelled.
    ///
    /// Calls `notify` with what is not as it was asked for.
    func failure(
        _ producer: AsyncProducer,
        _ log: ClientLog,
        notify: @escaping @Sendable (String) -> Void
    ) async -> ToolError? {
        if isRequired || creates { return await answer(producer, log, notify) }
        let question = Task { await answer(producer, log, notify) }
        let limit = Task {
            let start = ContinuousClock.now
            var trouble: ContinuousClock.Instant?
            while (try? await Task.sleep(for: .milliseconds(50))) != nil {
                let now = ContinuousClock.now
                if log.trouble != nil { trouble = trouble ?? now }
                let isOver = trouble.map { $0.duration(to: now) > Self.patience.troubled } ?? false
                if isOver || start.duration(to: now) > Self.patience.silent { return question.cancel() }
            }
        }
        defer { limit.cancel() }
        return await withTaskCancellationHandler {
            await question.value
        } onCancel: {
            question.cancel()
        }
    }

    private func answer(
        _ producer: AsyncProducer,
        _ log: ClientLog,
        _ notify: @Sendable (String) -> Void
    ) async -> ToolError? {
        let start = ContinuousClock.now
        let refusal = Refusal()
        // Beside the questions: what counts is that the topic is there, also when the answer was lost on its way.
        var creating: Task<Void, Never>?
        defer { creating?.cancel() }
        do throws(KafkaError) {
            while true {
                let left = max(.seconds(1), timeout - start.duration(to: .now))
                let answer = try await producer.repeatedMetadata(for: Topic(topic), timeout: left)
                guard let found = answer.topics.first, let error = found.error else {
                    let difference = answer.topics.first.flatMap { creation?.difference(from: $0) }
                    if creating == nil, let difference { notify(difference) }
                    return nil
                }
                if let reason = refusal.reason.withLock({ $0 }) { return reason }
                if let creation, creating == nil, error.code == .unknownTopicOrPartition {
                    creating = Task { [topic] in
                        let reason = await creation.create(topic, producer, timeout: left)
                        refusal.reason.withLock { $0 = reason }
                    }
                }
                let mayCome = creates || creating != nil
                let isComing = error.code == .leaderNotAvailable || mayCome && error.code == .unknownTopicOrPartition
                let isNew = isComing || error.code == .unknownTopicOrPartition
                let patience = isComing ? timeout : min(timeout, Self.propagation)
                guard isNew, start.duration(to: .now) < patience else { return await explain(error, producer) }
                do { try await Task.sleep(for: Self.pause) } catch { return nil }
            }
        } catch {
            if error.code == .cancelled || error.code == .closed || !isRequired && !creates { return nil }
            let silence = error.code == .deadlineExceeded ? "no broker answered" : printable(error.message)
            let why = log.trouble?.text ?? silence
            return ToolError(
                .unavailable,
                "the topic could not be checked within \(NumberText.limit(timeout)) (--wait-broker): \(why); "
                    + "check -b and that the brokers are up"
            )
        }
    }

    private func explain(_ error: KafkaError, _ producer: AsyncProducer) async -> ToolError {
        let name = printable(topic)
        switch error.code {
        case .unknownTopicOrPartition where creates || creation != nil:
            return ToolError(
                .unavailable,
                "the brokers did not create the topic \(name) within \(NumberText.limit(timeout)); "
                    + "wait longer with --wait-broker, or create it with kafka-topics"
            )
        case .unknownTopicOrPartition:
            let known = try? await producer.metadata(timeout: .seconds(5)).topics
            return ToolError(.unavailable, UnknownTopic.message(topic, among: known ?? [], advice: "--create makes it"))
        case .topicAuthorizationFailed:
            return ToolError(.refused, "looking at the topic \(name) is not allowed; ask for DESCRIBE and WRITE on it")
        default: return ToolError(.unavailable, "the topic \(name) cannot be written to: \(printable(error.message))")
        }
    }
}
