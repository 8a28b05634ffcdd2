// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ProducerCore {
    /// Ends an admission outside of the lock; whether the message was accepted.
    @inline(__always)
    func finish(_ admission: Admission) -> Bool {
        switch admission {
        case .accepted: return true
        case .acceptedWithWork:
            waker.wake()
            return true
        case .futile, .undecided, .notNow: return false
        }
    }

    /// Accepts a message, waiting for room in the order of the calls, and has it followed if somebody does.
    func send(_ submission: Submission) async throws(KafkaError) {
        guard let observed = observe(submission) else { return try await accept(submission) }
        do throws(KafkaError) {
            try await accept(observed.submission)
        } catch {
            observed.trace.refused(1, error)
            throw error
        }
    }

    private func accept(_ submission: Submission) async throws(KafkaError) {
        try check(submission)
        if Task.isCancelled { throw .cancelledSend }
        let submission = choosing(submission)
        let (isAccepted, isPauseDue, id) = update { $0.look(submission, &$1) }
        if isAccepted {
            if isPauseDue { await Task.yield() }
            return
        }
        let task = CurrentTask.id
        var timer: Task<Void, Never>?
        defer { timer?.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, KafkaError>, Never>) in
                let waits = update { state, effects in
                    let sender = ProducerState.Sender(submission: submission, task: task, continuation: continuation)
                    return state.acceptOrQueue(sender, id, &effects)
                }
                guard waits else { return }
                // See WaiterQueue: a cancellation that came before this registration is seen here.
                if Task.isCancelled { stopWaiting(id, .cancelledSend) }
                // Not before: a timer that went off too early would find nobody and leave the sender waiting for ever.
                timer = startAdmissionTimer(id)
            }
        } onCancel: {
            stopWaiting(id, .cancelledSend)
        }
        try result.get()
    }

    /// Accepts a message without waiting, or says why not; has it followed if somebody does.
    func trySend(_ submission: Submission) throws(KafkaError) -> AsyncProducer.TrySendResult {
        // A loop that tries again and again would fill a trace with refusals: there must be room before it is begun.
        let isHopeless =
            isForked
            || withState {
                $0.refusal(of: submission.transaction) != nil || !$0.senders.isEmpty || !$0.budget.hasRoom
            }
        guard !isHopeless, let observed = observe(submission) else { return try tryAccept(submission) }
        do throws(KafkaError) {
            let result = try tryAccept(observed.submission)
            if result != .accepted { observed.trace.refused(1, KafkaError(.noRoom, "\(result)")) }
            return result
        } catch {
            observed.trace.refused(1, error)
            throw error
        }
    }

    private func tryAccept(_ submission: Submission) throws(KafkaError) -> AsyncProducer.TrySendResult {
        do {
            try check(submission)
        } catch {
            if error.code == .closed { return .refused(.closing) }
            throw error
        }
        // Without room its partitioner is not asked in vain; where room is made after all, it is asked later.
        let mayFit = withState { $0.senders.isEmpty && $0.budget.hasRoom }
        let submission = mayFit ? choosing(submission) : submission
        let task = CurrentTask.id
        let result = update { state, effects -> Result<AsyncProducer.TrySendResult, KafkaError> in
            if let refusal = state.refusal(of: submission) {
                return refusal.code == .closed ? .success(.refused(.closing)) : .failure(refusal)
            }
            return .success(state.trySend(submission, task, &effects))
        }
        return try result.get()
    }

    /// Checks what could never be accepted, and makes the topic known.
    private func check(_ submission: Submission) throws(KafkaError) {
        if isForked { throw forkedError }
        try MessageSize.check(submission.message)
        try check(MessageSize.of(submission.message))
        try know(submission.message.topic)
    }

    /// Asks the topic's own partitioner, if it has one that can be asked and was not.
    private func choosing(_ submission: Submission) -> Submission {
        guard submission.message.partition == nil, submission.choice == .notAsked,
            let (custom, count) = withState({ $0.chooser(of: submission.message.topic) })
        else { return submission }
        var submission = submission
        submission.choice = PartitionChoice(custom.choose(submission.message, count))
        return submission
    }

    /// Takes a sender out of the queue, unless it was admitted already.
    private func stopWaiting(_ id: UInt64, _ error: @autoclosure () -> KafkaError) {
        guard !isForked else { return }
        update { state, effects in
            guard let sender = state.senders.remove(id: id) else { return }
            effects.then { [error = error()] in sender.continuation.resume(returning: .failure(error)) }
            // A large message at the head may have kept smaller ones waiting.
            state.admitWaiting(&effects)
        }
    }

    private func startAdmissionTimer(_ id: UInt64) -> Task<Void, Never>? {
        guard let deadline = configuration.buffering.admissionDeadline else { return nil }
        return Task.detached { [self] in
            do { try await Task.sleep(for: deadline, clock: .suspending) } catch { return }
            let statistics = statistics
            let text =
                "no room within \(deadline): \(statistics.inFlight) messages in flight, "
                + "\(statistics.unreadSuccesses) delivered ones wait for a reader of successes"
            stopWaiting(id, KafkaError(.noRoom, text))
        }
    }

    // MARK: Topics

    /// Makes a topic known on its first use; its partitions are then asked for.
    ///
    /// - Parameter rules: What is to hold for it if it is new; nil for what holds without settings of its own.
    func know(_ topic: Topic, _ rules: TopicRules? = nil) throws(KafkaError) {
        if isForked { throw forkedError }
        let (isKnown, refusal) = withState { ($0.topics.find(topic) != nil, $0.refusal) }
        if let refusal { throw refusal }
        if isKnown { return }
        try Topic.validate(topic.name)
        let limit = configuration.buffering.maximumTopics
        let isKnownNow = update { state, effects -> Bool in
            if state.topics.find(topic) != nil { return true }
            if state.topics.count >= limit { return false }
            state.insertTopic(topic.name, rules ?? settings.standard, &effects)
            return true
        }
        if !isKnownNow {
            throw KafkaError(
                .tooManyTopics,
                "topic \"\(topic.name)\" would be number \(limit + 1); raise buffering.maximumTopics if that is meant"
            )
        }
    }

    func resolve(_ name: String) throws(KafkaError) -> Topic {
        try know(Topic(name))
        return withState { $0.topics.resolve(name) } ?? Topic(name)
    }
}
