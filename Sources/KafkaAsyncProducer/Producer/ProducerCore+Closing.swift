// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
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
        update { state, _ in
            if state.phase == .draining { state.closing.shorten(deadline: Uptime.now) }
        }
        signalDrainThread()
    }

    func flush(deadline: Duration) async throws(KafkaError) {
        guard !isForked else { throw forkedError }
        let limit = Uptime.end(of: deadline)
        let id = withState { $0.closing.flushes.makeID() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Void, KafkaError>, Never>) in
                update { state, effects in
                    let flush = Closing.Flush(
                        epoch: state.ledger.endEpoch(),
                        deadline: limit,
                        continuation: continuation
                    )
                    state.closing.flushes.append(flush, id: id)
                    state.settle(at: Uptime.now, &effects)
                }
                if Task.isCancelled { cancelFlush(id) }
            }
        } onCancel: {
            cancelFlush(id)
        }
        try result.get()
    }

    private func cancelFlush(_ id: UInt64) {
        update { state, effects in
            guard let flush = state.closing.flushes.remove(id: id) else { return }
            let error = KafkaError(.cancelled, "flush was cancelled; the messages are still being delivered")
            effects.then { flush.continuation.resume(returning: .failure(error)) }
        }
    }

    func abort() {
        guard !isForked else { return }
        guard let client = update({ state, _ in state.beginPurge() }) else { return }
        // A thread of its own: it waits for librdkafka's threads, which may wait for a name server.
        let loop: @Sendable () -> Void = { [self] in
            repeat { client.purge(waits: true) } while update { $0.endPurge(at: Uptime.now, &$1) }
            signalDrainThread()
        }
        if !Thread.spawn(named: "kafka-abort", loop) { DispatchQueue.global().async(execute: loop) }
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
            if let client = state.client { effects.then { client.yield() } }
            return state.ledger.inFlight
        }
        if lost > 0 {
            log.log(.warning, "CLOSE", "\(name): dropped without close; \(lost) messages in flight are purged")
        }
    }

    // MARK: The drain thread

    /// Runs while somebody waits for messages in flight: lifts linger, and looks at deadlines in between.
    func startDrainThread() {
        let loop: @Sendable () -> Void = { [self] in
            while true {
                let (step, client) = update { state, effects in
                    (state.nextDrainStep(at: Uptime.now, &effects), state.client)
                }
                guard let client else { return }
                switch step {
                case .lift(let milliseconds): lift(client, milliseconds)
                case .rest(let milliseconds): waitAsDrainThread(until: .now() + .milliseconds(Int(milliseconds)))
                case .purge(let milliseconds):
                    client.purge()
                    lift(client, milliseconds)
                case .end: return
                }
            }
        }
        // The one fallback when the system has no thread: a queue's thread may still be idle.
        if !Thread.spawn(named: "kafka-drain", loop) { DispatchQueue.global().async(execute: loop) }
    }

    private func lift(_ client: Client, _ milliseconds: Int32) {
        let end = DispatchTime.now() + .milliseconds(Int(milliseconds))
        client.flush(timeout: milliseconds)
        // librdkafka holds nothing any more, but a sender may be between admission and its produce call, or the event
        // thread about to count: wait for their signal instead of asking again at once.
        waitAsDrainThread(until: end)
    }
}
