// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ProducerCore {
    func asyncClose() {
        guard !isForked else { return }
        update { state, effects in state.beginDraining(at: Uptime.now, &effects) }
    }

    func close(deadline: Duration?) async throws(CloseError) -> CloseReport {
        guard !isForked else { throw .forked }
        let limit = Uptime.end(of: deadline ?? configuration.shutdown.deadline)
        let id = withState { $0.closing.waiters.makeID() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CloseWaiter) in
                update { state, effects in
                    state.closing.isAwaited = true
                    state.closing.shorten(deadline: limit)
                    state.closing.waiters.append(continuation, id: id)
                    state.beginDraining(at: Uptime.now, &effects)
                    if state.phase == .closed { state.answerClose(at: Uptime.now, &effects) }
                    effects.wakesDriver = true
                }
                // See WaiterQueue: a cancellation that came before this registration is seen here.
                if Task.isCancelled { stopWaitingForDelivery() }
            }
        } onCancel: {
            stopWaitingForDelivery()
        }
        return try result.get()
    }

    /// A cancelled `close` drops what is left now, and still accounts for it.
    private func stopWaitingForDelivery() {
        guard !isForked else { return }
        update { state, effects in
            guard state.phase == .draining else { return }
            state.closing.shorten(deadline: Uptime.now)
            effects.wakesDriver = true
        }
    }

    func flush(deadline: Duration) async throws(KafkaError) {
        guard !isForked else { throw forkedError }
        let limit = Uptime.end(of: deadline)
        let id = withState { $0.closing.flushes.makeID() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, KafkaError>, Never>) in
                update { state, effects in
                    let epoch = state.ledger.endEpoch()
                    state.closeChunks()
                    let flush = Closing.Flush(epoch: epoch, deadline: limit, continuation: continuation)
                    state.closing.flushes.append(flush, id: id)
                    state.settle(at: Uptime.now, &effects)
                    effects.wakesDriver = true
                }
                if Task.isCancelled { cancelFlush(id) }
            }
        } onCancel: {
            cancelFlush(id)
        }
        try result.get()
    }

    private func cancelFlush(_ id: UInt64) {
        guard !isForked else { return }
        update { state, effects in
            guard let flush = state.closing.flushes.remove(id: id) else { return }
            let error = KafkaError(.cancelled, "flush was cancelled; the messages are still being delivered")
            effects.then { flush.continuation.resume(returning: .failure(error)) }
        }
    }

    func abort() {
        guard !isForked else { return }
        update { state, effects in state.abort(&effects) }
    }

    /// The last reference that could send or close is gone: only a flag and a wake-up, this may be any thread.
    ///
    /// After `asyncClose` it changes nothing: what was accepted is still being delivered.
    func abandon() {
        guard !isForked else { return }
        let lost = update { state, effects -> Int in
            guard state.phase == .accepting else { return 0 }
            state.isAbandoned = true
            state.beginDraining(at: Uptime.now, &effects)
            return state.ledger.inFlight
        }
        if lost > 0 {
            log.log(.warning, "CLOSE", "\(name): dropped without close; \(lost) messages in flight are purged")
        }
    }
}
