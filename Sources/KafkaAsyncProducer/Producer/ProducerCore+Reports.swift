// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ProducerCore: EventHandler {
    /// Long batches are worked through in chunks of this many, with the lock let go between.
    private static var chunk: Int { 512 }

    func handle(_ event: Event) {
        switch event {
        case .deliveryReports(let batch) where batch.code == .noError && !batch.isInferred: handleSuccesses(batch)
        case .deliveryReports(let batch): handleFailures(batch)
        case .error(_, _, isFatal: true): noteFatalError()
        case .error(let code, let reason, isFatal: false): handleConnectionError(code, reason)
        case .log(let level, let facility, let line): handleLog(level, facility, line)
        case .tokenRefresh: tokens?.refresh { [weak self] answer in self?.answerTokenRequest(answer) }
        case .statistics(let json): librdkafkaStatistics?.report(json)
        case .other: break
        }
    }

    func nextStep() -> EventThreadStep {
        withState { state in
            if state.phase == .closed { return .stop }
            return state.isAbandoned ? .purge : .wait
        }
    }

    /// Unread batches are copied out of librdkafka, so that they do not keep its threads alive.
    func eventThreadEnded() {
        for batch in withState({ $0.successes.waiting }) { batch.detach() }
        tokens?.stop()
        log.finish()
    }

    // MARK: Successes

    private func handleSuccesses(_ batch: DeliveryBatch) {
        var scan = BatchScan(batch)
        scan.reserveRoomForSlots()
        for start in stride(from: 0, to: scan.slots.count, by: Self.chunk) {
            let range = start..<min(start + Self.chunk, scan.slots.count)
            withState { state in scan.takeSlots(range, from: &state.slots) }
        }
        let storage = BatchStorage(delivery: batch, selection: scan.selection, metadata: scan.metadata)
        let (epochs, awaited, awaitedSize) = (scan.epochs, scan.awaited.count, scan.awaitedSize)
        let streamedSize = scan.size - awaitedSize
        let isDrained = update { state, effects in
            for (epoch, count) in epochs { state.ledger.succeed(count, epoch: epoch) }
            state.budget.giveBack(count: awaited, size: awaitedSize)
            if storage.count > 0 {
                let unread = UnreadBatch(batch: storage, start: 0, count: storage.count, bytes: streamedSize)
                state.publish(unread, &effects)
            }
            state.admitWaiting(&effects)
            state.admitReaders(&effects)
            state.settle(at: Uptime.now, &effects)
            return state.isDrained
        }
        for (index, awaiter) in scan.awaiters {
            awaiter.resume(returning: .success(Delivery(DeliveredMessage(storage: storage, index: index))))
        }
        if isDrained { signalDrainThread() }
    }

    // MARK: Failures

    private static var unconfirmed: KafkaError {
        KafkaError(
            .unconfirmed,
            "its request failed or was not answered, and librdkafka did not send it again, because a later message of the "
                + "partition was stored; it may be in the log or not"
        )
    }

    private func handleFailures(_ batch: DeliveryBatch) {
        let fatal = withState { $0.fatalError }
        let error = batch.isInferred ? Self.unconfirmed : failure(batch.code, fatal: fatal)
        for start in stride(from: 0, to: batch.count, by: Self.chunk) {
            let range = start..<min(start + Self.chunk, batch.count)
            let opaques = range.map { Opaque(rawValue: batch.record(at: $0).opaque) }
            let slots: [SlotTable.Content?] =
                opaques.allSatisfy { $0.slot == nil }
                ? [] : withState { state in opaques.map { $0.slot.flatMap { state.slots.take($0) } } }
            var failed: [FailedMessage] = []
            failed.reserveCapacity(range.count)
            for (offset, index) in range.enumerated() {
                let slot = slots.isEmpty ? nil : slots[offset]
                failed.append(FailedMessage(batch, index, opaques[offset], slot, error))
            }
            count(failed)
        }
    }

    /// Counts failures and hands them on; the one place where an accepted message becomes an error.
    func count(_ failed: [FailedMessage]) {
        let isDrained = update { state, effects in
            for failure in failed {
                state.ledger.fail(1, epoch: failure.epoch, cause: failure.error.error.code)
                state.budget.giveBack(count: 1, size: failure.size)
                if let awaiter = failure.awaiter {
                    let error = failure.error
                    effects.then { awaiter.resume(returning: .failure(error)) }
                } else if !failure.isAwaited {
                    state.publish(failure.error, size: failure.size, &effects)
                }
            }
            state.admitWaiting(&effects)
            state.admitReaders(&effects)
            state.settle(at: Uptime.now, &effects)
            return state.isDrained
        }
        if isDrained { signalDrainThread() }
    }

    /// A report's code in words; what a fatal error swept away says so.
    func failure(_ code: ResponseCode, fatal: KafkaError?) -> KafkaError {
        if code == .fatal, let fatal { return fatal }
        let error = KafkaError(code)
        switch error.code {
        case .purgedFromQueue, .purgedInFlight:
            let reason = fatal.map { "after the fatal error \($0)" } ?? "by close, abort or the loss of the producer"
            return KafkaError(error.code, "dropped \(reason)", isRetriable: true)
        case .messageTimedOut:
            let trouble = recentTrouble
            let reason = trouble.map { "last trouble: \($0.message)" } ?? "see the log for the brokers' state"
            return KafkaError(
                error.code,
                "not delivered within the delivery timeout; \(reason)",
                securityFailure: trouble?.securityFailure
            )
        case .unknownPartition: return KafkaError(error.code, "the topic has no such partition")
        case .unknownTopic: return KafkaError(error.code, "the brokers do not know the topic")
        default: return error
        }
    }

    /// Learns the cause of a fatal error, refuses senders with it, and says it once.
    @discardableResult
    func noteFatalError() -> KafkaError? {
        guard let client = withState({ $0.client }), let cause = client.fatalError else {
            return withState { $0.fatalError }
        }
        let text = "fatal: \(printable(cause.reason, limit: 1_000)); close this producer and make a new one"
        let error = KafkaError(cause.code, text, isFatal: true)
        let isNew = update { state, effects -> Bool in
            guard state.fatalError == nil else { return false }
            state.fatalError = error
            state.refuseWaiting(error, &effects)
            return true
        }
        if isNew { log.log(.error, "FATAL", error.message, error: error) }
        return error
    }
}
