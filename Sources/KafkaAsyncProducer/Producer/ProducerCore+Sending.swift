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
        case .futile, .notNow: return false
        }
    }

    /// Accepts a message, waiting for room in the order of the calls.
    func send(_ submission: Submission) async throws(KafkaError) {
        try prepare(submission)
        if Task.isCancelled { throw cancelledError }
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
                if Task.isCancelled { stopWaiting(id, cancelledError) }
                // Not before: a timer that went off too early would find nobody and leave the sender waiting for ever.
                timer = startAdmissionTimer(id)
            }
        } onCancel: {
            stopWaiting(id, cancelledError)
        }
        try result.get()
    }

    /// Accepts a message without waiting, or says why not.
    func trySend(_ submission: Submission) throws(KafkaError) -> AsyncProducer.TrySendResult {
        do {
            try prepare(submission)
        } catch {
            if error.code == .closed { return .refused(.closing) }
            throw error
        }
        let task = CurrentTask.id
        let result = update { state, effects -> Result<AsyncProducer.TrySendResult, KafkaError> in
            if let refusal = state.refusal(of: submission.transaction) {
                return refusal.code == .closed ? .success(.refused(.closing)) : .failure(refusal)
            }
            return .success(state.trySend(submission, task, &effects))
        }
        return try result.get()
    }

    /// Checks what could never be accepted, and makes the topic known.
    private func prepare(_ submission: Submission) throws(KafkaError) {
        if isForked { throw forkedError }
        try MessageSize.check(submission.message)
        try check(MessageSize.of(submission.message))
        try know(submission.message.topic)
    }

    var cancelledError: KafkaError {
        KafkaError(.cancelled, "the task was cancelled: the message was not accepted")
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
            do { try await Task.sleep(for: deadline) } catch { return }
            let statistics = statistics
            let text =
                "no room within \(deadline): \(statistics.inFlight) messages in flight, "
                + "\(statistics.unreadSuccesses) delivered ones wait for a reader of successes"
            stopWaiting(id, KafkaError(.noRoom, text))
        }
    }

    // MARK: Topics

    /// Makes a topic known on its first use; its partitions are then asked for.
    func know(_ topic: Topic) throws(KafkaError) {
        if isForked { throw forkedError }
        let (isKnown, refusal, count) = withState { state in
            (state.topics.find(topic) != nil, state.refusal, state.topics.count)
        }
        if let refusal { throw refusal }
        if isKnown { return }
        try Topic.validate(topic.name)
        if count >= configuration.buffering.maximumTopics {
            throw KafkaError(
                .tooManyTopics,
                "topic \"\(topic.name)\" would be number \(count + 1); raise buffering.maximumTopics if that is meant"
            )
        }
        update { state, effects in
            if state.topics.find(topic) == nil { state.insertTopic(topic.name, &effects) }
        }
    }

    func resolve(_ name: String) throws(KafkaError) -> Topic {
        try know(Topic(name))
        return withState { $0.topics.resolve(name) } ?? Topic(name)
    }

    // MARK: Awaited outcomes

    /// Sends a message and waits for its own outcome.
    func deliver(_ message: ProducerMessage, transaction: UInt32 = 0) async throws(ProducerError) -> Delivery {
        let pending: PendingDelivery
        do {
            pending = try await submit(message, transaction: transaction)
        } catch {
            throw ProducerError(message: message, error: error, persistence: .notPersisted)
        }
        return try await pending.outcome
    }

    /// Sends a message whose outcome is wanted.
    func submit(_ message: ProducerMessage, transaction: UInt32 = 0) async throws(KafkaError) -> PendingDelivery {
        let awaiter = Awaiter()
        try await send(Submission(message: message, awaiter: awaiter, transaction: transaction))
        return PendingDelivery(message: message, awaiter: awaiter)
    }
}
