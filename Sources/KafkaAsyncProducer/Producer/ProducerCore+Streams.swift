// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension ProducerCore {
    // MARK: Successes

    func successIteratorStarted() { withState { $0.successes.iteratorStarted() } }

    func successIteratorEnded(_ iterator: ObjectIdentifier, givingBack rest: UnreadBatch?) {
        update { state, effects in
            state.successes.iteratorEnded(iterator)
            if let rest { state.takeBack(rest, &effects) }
            if state.discardsUnread { state.drainUnread(&effects) }
            for old in state.successes.trim() { state.discard(old, &effects) }
            state.admitWaiting(&effects)
        }
    }

    /// The next batch, or nil at the end and when cancelled. While the caller works on it, its own sends must not wait
    /// for room that only its next call could give.
    func nextSuccesses(isolation: isolated (any Actor)?, _ iterator: ObjectIdentifier) async -> UnreadBatch? {
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
        update { state, effects in
            guard let reader = state.successes.readers.remove(id: id) else { return }
            effects.then { reader.resume(returning: nil) }
        }
    }

    // MARK: Errors

    func errorIteratorStarted() { withState { $0.errors.iteratorStarted() } }

    func errorIteratorEnded() { withState { $0.errors.iteratorEnded() } }

    /// The next failure, or nil at the end and when cancelled.
    func nextError(isolation: isolated (any Actor)?) async -> ProducerError? {
        if Task.isCancelled { return nil }
        let atHand = withState { $0.errors.take() }
        if atHand != nil { return atHand }
        let id = withState { $0.errors.readers.makeID() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) { (continuation: ErrorReader) in
                update { state, effects in
                    if let error = state.errors.take() {
                        effects.then { continuation.resume(returning: error) }
                    } else if state.errors.isFinished {
                        effects.then { continuation.resume(returning: nil) }
                    } else {
                        state.errors.readers.append(continuation, id: id)
                    }
                }
                if Task.isCancelled { cancelErrorReader(id) }
            }
        } onCancel: {
            cancelErrorReader(id)
        }
    }

    private func cancelErrorReader(_ id: UInt64) {
        update { state, effects in
            guard let reader = state.errors.readers.remove(id: id) else { return }
            effects.then { reader.resume(returning: nil) }
        }
    }
}

extension ProducerState {
    /// Takes the next batch for a reader; its room goes to those who wait to send.
    mutating func takeSuccesses(_ effects: inout Effects) -> UnreadBatch? {
        guard let unread = successes.take() else { return nil }
        budget.giveBack(count: unread.count, size: unread.bytes)
        admitWaiting(&effects)
        return unread
    }

    /// Puts back what an iterator took and did not read; the next reader gets it first.
    mutating func takeBack(_ rest: UnreadBatch, _ effects: inout Effects) {
        budget.overdraw(count: rest.count, size: rest.bytes)
        if discardsUnread {
            discard(rest, &effects)
        } else if let reader = successes.readers.popFirst() {
            budget.giveBack(count: rest.count, size: rest.bytes)
            effects.then { reader.resume(returning: rest) }
        } else {
            successes.prepend(rest)
            // The event thread has copied what was unread out of librdkafka, and will not do it again.
            if phase == .closed { effects.then { rest.batch.detach() } }
        }
    }
}
