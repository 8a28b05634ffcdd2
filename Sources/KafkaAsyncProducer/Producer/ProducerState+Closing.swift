// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ProducerState {
    /// Refuses new messages; the producer is closed once all accepted ones have their outcome.
    mutating func beginDraining(at now: Duration, _ effects: inout Effects) {
        guard phase == .accepting else { return }
        phase = .draining
        closing.start(at: now)
        refuseWaiting(KafkaError(.closed, "the producer was closed while this send waited for room"), &effects)
        settle(at: now, &effects)
    }

    /// Looks who was waiting for the outcomes that have just been counted.
    mutating func settle(at now: @autoclosure () -> Duration, _ effects: inout Effects) {
        if !closing.flushes.isEmpty { completeFlushes(&effects) }
        // There is nothing left to abort: what is sent from now on must not be dropped for it.
        if ledger.inFlight == 0, closing.purge == .requestedAgain { closing.purge = .running }
        if phase == .draining, ledger.inFlight == 0 { finish(at: now(), &effects) }
    }

    private mutating func completeFlushes(_ effects: inout Effects) {
        // What is sent after a flush must not be dropped by an abort before it.
        guard !isPurgeAwaited else { return }
        let settled = closing.flushes.removeAll { ledger.isSettled($0.epoch) }
        for flush in settled {
            effects.then { flush.continuation.resume(returning: .success(())) }
        }
    }

    private mutating func finish(at now: Duration, _ effects: inout Effects) {
        phase = .closed
        successes.finish()
        errors.finish()
        // Readers are suspended only while there is nothing left for them.
        for reader in successes.readers.removeAll() { effects.then { reader.resume(returning: nil) } }
        for reader in errors.readers.removeAll() { effects.then { reader.resume(returning: nil) } }
        if closing.isAwaited { answerClose(at: now, &effects) }
        for handle in topics.removeAll() { effects.release(handle) }
        if let client {
            // The event thread holds its own reference until it has seen that it is over.
            effects.then { client.yield() }
        }
        client = nil
    }

    /// Settles what nobody reads and gives all callers of `close` the same result.
    mutating func answerClose(at now: Duration, _ effects: inout Effects) {
        if closing.result == nil {
            drainUnread(&effects)
            let collected = errors.iterators == 0 ? errors.takeAll() : []
            let report = closing.report(statistics, at: now)
            closing.result =
                collected.isEmpty
                ? .success(report) : .failure(.undelivered(ProducerErrors(errors: collected, report: report)))
        }
        guard let result = closing.result else { return }
        for waiter in closing.waiters.removeAll() { effects.then { waiter.resume(returning: result) } }
    }

    /// Whether `close` has drained what nobody reads, and nobody will read what is left either.
    var discardsUnread: Bool { phase == .closed && closing.isAwaited && successes.iterators == 0 }

    mutating func drainUnread(_ effects: inout Effects) {
        guard successes.iterators == 0 else { return }
        while let unread = successes.take() { discard(unread, &effects) }
    }

    /// Tells callers of `close` that reports are missing. The producer goes on closing.
    private mutating func giveUpWaiting(at now: Duration, _ effects: inout Effects) {
        guard !closing.waiters.isEmpty else { return }
        drainUnread(&effects)
        let collected = errors.iterators == 0 ? errors.takeAll() : []
        let errors = ProducerErrors(errors: collected, report: closing.report(statistics, at: now))
        let result = CloseResult.failure(.deadlineExceeded(unreported: ledger.inFlight, errors))
        for waiter in closing.waiters.removeAll() { effects.then { waiter.resume(returning: result) } }
    }

    /// What the drain thread does next. It runs only while somebody waits for messages in flight.
    mutating func nextDrainStep(at now: Duration, _ effects: inout Effects) -> Closing.Step {
        for flush in closing.flushes.removeAll(where: { now >= $0.deadline }) {
            let inFlight = ledger.inFlight
            effects.then {
                let reason =
                    inFlight > 0
                    ? "with \(inFlight) messages in flight; they are still being delivered"
                    : "while an abort was under way; nothing is in flight"
                let error = KafkaError(.deadlineExceeded, "flush passed its deadline \(reason)")
                flush.continuation.resume(returning: .failure(error))
            }
        }
        if phase == .draining, closing.isGraceOver(at: now) { giveUpWaiting(at: now, &effects) }
        guard needsDraining else {
            closing.isDrainThreadRunning = false
            return .end
        }
        return closing.step(at: now)
    }

    /// Whether anybody waits for messages that are in flight, or for the end of an abort.
    var needsDraining: Bool {
        if ledger.inFlight > 0 { phase == .draining || !closing.flushes.isEmpty } else { isPurgeAwaited }
    }

    private var isPurgeAwaited: Bool { closing.purge != .none && phase == .accepting && !closing.flushes.isEmpty }

    /// Returns the client to purge, unless there is nothing to drop or a purge is running, which is then repeated.
    mutating func beginPurge() -> Client? {
        guard ledger.inFlight > 0, let client else { return nil }
        guard closing.purge == .none else {
            closing.purge = .requestedAgain
            return nil
        }
        closing.purge = .running
        return client
    }

    /// Returns whether to purge once more.
    mutating func endPurge(at now: Duration, _ effects: inout Effects) -> Bool {
        if closing.purge == .requestedAgain {
            closing.purge = .running
            return true
        }
        closing.purge = .none
        settle(at: now, &effects)
        return false
    }

    /// Whether the drain thread may be waiting for the very outcome that was just counted.
    var isDrained: Bool { closing.isDrainThreadRunning && ledger.inFlight == 0 }

    /// Whether the drain thread has to be started; counts it as started.
    mutating func startsDrainThread() -> Bool {
        guard needsDraining, !closing.isDrainThreadRunning else { return false }
        closing.isDrainThreadRunning = true
        return true
    }
}
