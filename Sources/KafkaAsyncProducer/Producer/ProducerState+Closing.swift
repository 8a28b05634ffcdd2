// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ProducerState {
    /// Refuses new messages; the producer is closed once all accepted ones have their outcome.
    mutating func beginDraining(at now: Int64, _ effects: inout Effects) {
        guard phase == .accepting else { return }
        phase = .draining
        // Its body is refused from here on: what it has sent is not all of it.
        if transaction.phase == .open { doom(.closedInTransaction, &effects) }
        stopBegin(.closedInTransaction, &effects)
        closing.start(at: now)
        closeChunks()
        refuseWaiting(KafkaError(.closed, "the producer was closed while this send waited for room"), &effects)
        effects.wakesDriver = true
        settle(at: now, &effects)
    }

    /// Looks who was waiting for the outcomes that have just been counted.
    mutating func settle(at now: @autoclosure () -> Int64, _ effects: inout Effects) {
        if !closing.flushes.isEmpty { completeFlushes(&effects) }
        completeTransaction(&effects)
        if phase == .draining, ledger.inFlight == 0, transaction.isOver { finish(at: now(), &effects) }
    }

    private mutating func completeFlushes(_ effects: inout Effects) {
        for flush in closing.flushes.removeAll(where: { ledger.isSettled($0.epoch) }) {
            effects.then { flush.continuation.resume(returning: .success(())) }
        }
    }

    private mutating func finish(at now: Int64, _ effects: inout Effects) {
        phase = .closed
        successes.finish()
        errors.finish()
        // Readers are suspended only while there is nothing left for them.
        for reader in successes.readers.removeAll() { effects.then { reader.resume(returning: nil) } }
        for reader in errors.readers.removeAll() { effects.then { reader.continuation.resume(returning: nil) } }
        if closing.isAwaited { answerClose(at: now, &effects) }
        effects.wakesDriver = true
    }

    // MARK: Callers of close

    /// Settles what nobody reads and gives all callers of `close` the same result.
    mutating func answerClose(at now: Int64, _ effects: inout Effects) {
        if closing.result == nil {
            drainUnread(&effects)
            // Whoever reads goes on with what is left.
            let collected = errors.mayBeRead ? [] : errors.takeAll()
            let report = closing.report(statistics, at: now)
            closing.result =
                collected.isEmpty && errors.dropped.isEmpty
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
    private mutating func giveUpWaiting(at now: Int64, _ effects: inout Effects) {
        guard !closing.waiters.isEmpty else { return }
        drainUnread(&effects)
        let collected = errors.mayBeRead ? [] : errors.takeAll()
        let errors = ProducerErrors(errors: collected, report: closing.report(statistics, at: now))
        let result = CloseResult.failure(.deadlineExceeded(unreported: ledger.inFlight, errors))
        for waiter in closing.waiters.removeAll() { effects.then { waiter.resume(returning: result) } }
    }

    // MARK: Deadlines

    /// Does what is due; returns when to look again.
    mutating func passDeadlines(at now: Int64, _ effects: inout Effects) -> Int64 {
        failFlushes(at: now, &effects)
        if case .until(let end) = readerWait, now >= end {
            readerWait = .over
            admitWaiting(&effects)
        }
        if phase == .draining, closing.isGraceOver(at: now) { giveUpWaiting(at: now, &effects) }
        var next = min(closing.nextDeadline(after: now), passTransactionDeadlines(at: now, &effects))
        next = min(next, scopes.passDeadlines(at: now, &effects))
        if case .until(let end) = readerWait { next = min(next, end) }
        return next
    }

    private mutating func failFlushes(at now: Int64, _ effects: inout Effects) {
        guard !closing.flushes.isEmpty else { return }
        for flush in closing.flushes.removeAll(where: { now >= $0.deadline }) {
            let inFlight = ledger.inFlight
            effects.then {
                let error = KafkaError(
                    .deadlineExceeded,
                    "flush passed its deadline with \(inFlight) messages in flight; they are still being delivered"
                )
                flush.continuation.resume(returning: .failure(error))
            }
        }
    }

    /// Whether what has no outcome is dropped now, without waiting for anybody.
    mutating func isDropping(at now: Int64) -> Bool {
        if phase == .draining, isAbandoned { return true }
        return phase == .draining && closing.isDropping(at: now)
    }
}
