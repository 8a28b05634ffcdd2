// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Delivered messages on their way to be counted.
struct Success: Sendable {
    let storage: BatchStorage
    let mark: UInt8
    /// What goes to the stream instead; see `BatchStorage.compacted`.
    let compacted: [BatchStorage]?
    /// How many of them were sent through delivery scopes.
    let scopes: [(scope: ScopeHandle, count: Int)]

    init(_ storage: BatchStorage, mark: UInt8) {
        (self.storage, self.mark) = (storage, mark)
        compacted = storage.compacted()
        var scopes: [(scope: ScopeHandle, count: Int)] = []
        if !storage.chunk.awaiters.isEmpty {
            storage.chunk.forEachAwaiter(in: storage.range) { indices, receiver in
                guard let scope = ScopeHandle.find(in: receiver) else { return }
                if let last = scopes.last, last.scope === scope {
                    scopes[scopes.count - 1].count += indices.count
                } else {
                    scopes.append((scope, indices.count))
                }
            }
        }
        self.scopes = scopes
    }
}

/// What the driver has learnt of messages, on its way to be counted.
struct Outcomes: Sendable {
    var successes: [Success] = []
    var failures: [FailedMessage] = []
    var returns: [ProducerState.Return] = []

    var isEmpty: Bool { successes.isEmpty && failures.isEmpty && returns.isEmpty }
}

extension ProducerCore {
    /// Many failures are counted in groups of this many, with the lock let go between.
    private static var group: Int { 512 }

    /// Counts outcomes and hands them on.
    func settle(_ outcomes: Outcomes) {
        for start in stride(from: 0, to: outcomes.failures.count, by: Self.group) {
            count(Array(outcomes.failures[start..<min(start + Self.group, outcomes.failures.count)]))
        }
        if outcomes.successes.isEmpty, outcomes.returns.isEmpty { return }
        update { state, effects in
            for success in outcomes.successes { state.succeed(success, &effects) }
            for returned in outcomes.returns { state.take(returned) }
            state.settleAll(&effects)
        }
        for success in outcomes.successes where !success.storage.chunk.awaiters.isEmpty {
            resumeAwaiters(of: success.storage)
        }
    }

    private func resumeAwaiters(of storage: BatchStorage) {
        storage.chunk.forEachAwaiter(in: storage.range) { indices, receiver in
            // Its one message.
            guard let awaiter = exactly(receiver, as: Awaiter.self), let index = indices.first else { return }
            awaiter.resume(returning: .success(Delivery(DeliveredMessage(storage: storage, index: index))))
        }
    }

    /// Counts failures and hands them on; with `ProducerState.fail` the one place where an accepted message becomes an error.
    func count(_ failed: [FailedMessage]) {
        update { state, effects in
            for failure in failed { state.fail(failure, &effects) }
            state.settleAll(&effects)
        }
    }

    // MARK: Why

    /// A report's code in words; what a fatal error swept away says so.
    func failure(_ code: ResponseCode, fatal: KafkaError?) -> KafkaError {
        if code == .fatal, let fatal { return fatal }
        let error = KafkaError(code)
        switch error.code {
        case .purgedFromQueue, .purgedInFlight: return dropped(error.code, fatal: fatal)
        case .messageTimedOut: return timedOut
        // librdkafka takes nothing for a transaction that it has seen fail.
        case .invalidState where settings.transactionalID != nil: return dropped(.purgedFromQueue, fatal: fatal)
        case .unknownPartition:
            // A topic that a broker has forbidden has none either for librdkafka.
            return KafkaError(
                .unknownPartition,
                "the topic has no such partition, or none any more: it was made again or deleted, or a broker forbids it"
            )
        case .unknownTopic, .unknownTopicOrPartition: return .unknownTopic
        default: return error
        }
    }

    /// What was dropped by the user's own doing is not worth another try by itself; what a fatal error took with it is.
    private func dropped(_ code: KafkaError.Code, fatal: KafkaError?) -> KafkaError {
        if let fatal { return KafkaError(code, "dropped after the fatal error \(fatal)", isRetriable: true) }
        let cause = withState { $0.transaction.dropCause }
        let reason = cause.map { "with its transaction: \($0)" } ?? "by close, abort or the loss of the producer"
        return KafkaError(code, "dropped \(reason)", isRetriable: cause?.isRetriable == true)
    }

    var timedOut: KafkaError {
        let trouble = recentTrouble
        let reason = trouble.map { "last trouble: \($0.message)" } ?? "see the log for the brokers' state"
        return KafkaError(
            .messageTimedOut,
            "not delivered within the delivery timeout; \(reason)",
            securityFailure: trouble?.securityFailure
        )
    }

    func error(for cause: Drop.Cause) -> KafkaError {
        switch cause {
        case .timedOut: timedOut
        case .aborted, .closed: dropped(.purgedFromQueue, fatal: nil)
        case .fatal: dropped(.purgedFromQueue, fatal: withState { $0.fatalError })
        case .refused(let error): error
        }
    }

    static var unconfirmed: KafkaError {
        KafkaError(
            .unconfirmed,
            "its request failed or was not answered, and was not sent again; it may be in the log or not"
        )
    }
}

extension ProducerState {
    mutating func succeed(_ success: Success, _ effects: inout Effects) {
        let storage = success.storage
        ledger.succeed(storage.range.count, epoch: success.mark)
        for (scope, count) in success.scopes { scopes.deliver(count, of: scope, &effects) }
        for observer in observers { effects.then { observer.delivered(storage) } }
        guard let compacted = success.compacted else {
            let awaited = storage.range.count - storage.count
            if awaited > 0 { budget.giveBack(awaited, of: storage.chunk) }
            if storage.count > 0 { publish(storage, &effects) }
            return
        }
        budget.giveBack(storage.range.count, of: storage.chunk)
        for part in compacted {
            budget.takeBack(part.count, of: part.chunk)
            publish(part, &effects)
        }
    }

    private mutating func publish(_ storage: BatchStorage, _ effects: inout Effects) {
        publish(UnreadBatch(batch: storage, start: 0, count: storage.count), &effects)
    }

    mutating func fail(_ failure: FailedMessage, _ effects: inout Effects) {
        ledger.fail(1, epoch: failure.mark, cause: failure.error.error.code)
        for observer in observers { effects.then { observer.failed(failure) } }
        if let chunk = failure.chunk {
            budget.giveBack(1, of: chunk)
            // Its end may be the end of what senders attached.
            if chunk.outstanding == 0 { effects.release(chunk) }
        }
        noteFailure(failure.error, &effects)
        var isTaken = false
        if let scope = failure.scope {
            isTaken = scopes.fail(failure.error, size: failure.size, of: scope, &effects)
        }
        if let awaiter = failure.awaiter {
            let error = failure.error
            effects.then { awaiter.resume(returning: .failure(error)) }
        } else if !isTaken {
            publish(failure.error, size: failure.size, &effects)
        }
    }

    /// Whoever waited for outcomes or for room looks again.
    mutating func settleAll(_ effects: inout Effects) {
        admitWaiting(&effects)
        waitForReader(&effects)
        admitReaders(&effects)
        settle(at: Uptime.now, &effects)
    }
}
