// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ProducerCore {
    // MARK: Successes

    func successIteratorStarted() {
        guard !isForked else { return }
        withState { state in
            state.successes.iteratorStarted()
            // Who waited for a reader now waits for it to read.
            state.readerWait = .ahead
        }
    }

    func successIteratorEnded(_ iterator: ObjectIdentifier, givingBack rest: UnreadBatch?) {
        guard !isForked else { return }
        update { state, effects in
            state.successes.iteratorEnded(iterator)
            if let rest { state.takeBack(rest, &effects) }
            if state.discardsUnread { state.drainUnread(&effects) }
            state.waitForReader(&effects)
            state.admitWaiting(&effects)
        }
    }

    /// The next batch, or nil at the end and when cancelled. While the caller works on it, its own sends must not wait
    /// for room that only its next call could give.
    func nextSuccesses(isolation: isolated (any Actor)?, _ iterator: ObjectIdentifier) async -> UnreadBatch? {
        if isForked { return nil }
        // Before anything is taken: with enough to read, a cancelled loop would never end.
        if Task.isCancelled {
            withState { $0.successes.setReadingTask(nil, of: iterator) }
            return nil
        }
        let task = CurrentTask.id
        let atHand = update { state, effects -> UnreadBatch? in
            let atHand = state.takeSuccesses(&effects)
            state.successes.setReadingTask(atHand == nil ? nil : task, of: iterator)
            return atHand
        }
        if atHand != nil { return atHand }
        let unread = await waitForSuccesses(isolation: isolation)
        if unread != nil { withState { $0.successes.setReadingTask(task, of: iterator) } }
        return unread
    }

    private func waitForSuccesses(isolation: isolated (any Actor)?) async -> UnreadBatch? {
        let id = withState { $0.successes.readers.makeID() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { (continuation: SuccessReader) in
                update { state, effects in
                    if let unread = state.takeSuccesses(&effects) {
                        effects.then { continuation.resume(returning: unread) }
                    } else if state.successes.isFinished {
                        effects.then { continuation.resume(returning: nil) }
                    } else {
                        state.successes.readers.append(continuation, id: id)
                    }
                }
                // See WaiterQueue: a cancellation that came before this registration is seen here.
                if Task.isCancelled { cancelSuccessReader(id) }
            }
        } onCancel: {
            cancelSuccessReader(id)
        }
    }

    private func cancelSuccessReader(_ id: UInt64) {
        guard !isForked else { return }
        update { state, effects in
            guard let reader = state.successes.readers.remove(id: id) else { return }
            effects.then { reader.resume(returning: nil) }
        }
    }

    // MARK: Errors

    func errorIteratorEnded(_ iterator: ObjectIdentifier) {
        guard !isForked else { return }
        withState { $0.errors.stopReading(iterator) }
    }

    /// The next failure, or nil at the end and when cancelled.
    func nextError(isolation: isolated (any Actor)?, _ iterator: ObjectIdentifier) async -> ProducerError? {
        if isForked { return nil }
        let isCancelled = Task.isCancelled
        let atHand = withState { state -> ProducerError? in
            let atHand = isCancelled ? nil : state.errors.take()
            if atHand == nil { state.errors.stopReading(iterator) } else { state.errors.setReading(iterator) }
            return atHand
        }
        if atHand != nil || isCancelled { return atHand }
        let id = withState { $0.errors.readers.makeID() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { (continuation: ErrorContinuation) in
                update { state, effects in
                    if let error = state.errors.take() {
                        state.errors.setReading(iterator)
                        effects.then { continuation.resume(returning: error) }
                    } else if state.errors.isFinished {
                        effects.then { continuation.resume(returning: nil) }
                    } else {
                        let reader = ErrorReader(iterator: iterator, continuation: continuation)
                        state.errors.readers.append(reader, id: id)
                    }
                }
                if Task.isCancelled { cancelErrorReader(id) }
            }
        } onCancel: {
            cancelErrorReader(id)
        }
    }

    private func cancelErrorReader(_ id: UInt64) {
        guard !isForked else { return }
        update { state, effects in
            guard let reader = state.errors.readers.remove(id: id) else { return }
            effects.then { reader.continuation.resume(returning: nil) }
        }
    }
}

extension ProducerState {
    /// Takes the next batch for a reader; its room goes to those who wait to send.
    mutating func takeSuccesses(_ effects: inout Effects) -> UnreadBatch? {
        guard let unread = successes.take() else { return nil }
        budget.giveBack(unread.count, of: unread.batch.chunk)
        admitWaiting(&effects)
        return unread
    }

    /// Puts back what an iterator took and did not read; the next reader gets it first.
    mutating func takeBack(_ rest: UnreadBatch, _ effects: inout Effects) {
        budget.takeBack(rest.count, of: rest.batch.chunk)
        if discardsUnread {
            discard(rest, &effects)
        } else if let reader = successes.readers.popFirst() {
            budget.giveBack(rest.count, of: rest.batch.chunk)
            effects.then { reader.resume(returning: rest) }
        } else {
            successes.prepend(rest)
        }
    }

    /// Senders wait for room, and only what nobody has read could give it: once in the producer's life a reader gets the time
    /// to come, which may have been started and not run yet.
    mutating func waitForReader(_ effects: inout Effects) {
        guard readerWait == .ahead, !senders.isEmpty, successes.mayDiscard,
            ledger.inFlight == 0 || successes.unreadCount > 0
        else { return }
        readerWait = .until(Uptime.now + 1_000_000_000)
        effects.wakesDriver = true
    }
}
