// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension AsyncProducer.Input {
    /// Sends messages in order, many of them under one lock.
    ///
    /// - Throws: How many were accepted, why the next one was not, and the rest.
    public func send(contentsOf messages: [ProducerMessage]) async throws(AsyncProducer.PartialSendError) {
        try await producer.core.send(contentsOf: messages, transaction, in: nil)
    }
}

extension ProducerCore {
    func send(
        contentsOf messages: [ProducerMessage],
        _ transaction: UInt32,
        in scope: ScopeHandle?
    ) async throws(AsyncProducer.PartialSendError) {
        guard let observed = observation.sends?.begin(messages, client: name) else {
            return try await sendAll(messages, transaction, in: scope)
        }
        do throws(AsyncProducer.PartialSendError) {
            try await sendAll(observed.messages, transaction, in: scope)
        } catch {
            observed.trace.refused(messages.count - error.acceptedCount, error.cause)
            // As they were given: sent again, they are followed anew.
            throw AsyncProducer.PartialSendError(
                acceptedCount: error.acceptedCount,
                cause: error.cause,
                unsent: Array(messages[error.acceptedCount...])
            )
        }
    }

    private func sendAll(
        _ messages: [ProducerMessage],
        _ transaction: UInt32,
        in scope: ScopeHandle?
    ) async throws(AsyncProducer.PartialSendError) {
        var acceptedCount = 0
        while acceptedCount < messages.count {
            do throws(KafkaError) {
                acceptedCount += try sendNow(messages, [], from: acceptedCount, transaction, in: scope)
                if acceptedCount < messages.count {
                    let message = messages[acceptedCount]
                    if let scope {
                        try await send(Submission(message: message, scope: scope))
                    } else if let choice = try sendNow(message, transaction) {
                        try await sendWaiting(message, choice, transaction)
                    }
                    acceptedCount += 1
                }
                // A loop that never has to wait would keep its thread for itself.
                if acceptedCount % (10 * maximumGroup) == 0 { await Task.yield() }
            } catch {
                let rest = Array(messages[acceptedCount...])
                throw AsyncProducer.PartialSendError(acceptedCount: acceptedCount, cause: error, unsent: rest)
            }
        }
    }

    /// Accepts messages from `start` on as long as that is possible without waiting; returns how many.
    ///
    /// - Parameter awaiters: Who awaits the outcome of each; none where nobody does.
    func sendNow(
        _ messages: [ProducerMessage],
        _ awaiters: [Awaiter],
        from start: Int,
        _ transaction: UInt32,
        in scope: ScopeHandle?
    ) throws(KafkaError) -> Int {
        if isForked { throw forkedError }
        // What could never be accepted ends the group before it, and is refused as the first of one.
        try MessageSize.check(messages[start])
        if Task.isCancelled { throw .cancelledSend }
        let end = min(messages.count, start + maximumGroup)
        let (count, hasWork) = withState { state -> (Int, Bool) in
            guard state.senders.isEmpty else { return (0, false) }
            // Borrowed: to take one out of the array is to copy it.
            let messages = messages.span
            var hasWork = false
            for position in start..<end {
                guard position == start || (try? MessageSize.check(messages[position])) != nil else {
                    return (position - start, hasWork)
                }
                let admission =
                    if !awaiters.isEmpty {
                        state.admit(messages[position], for: Receiver(awaiters[position], transaction: transaction))
                    } else if let scope {
                        state.admit(messages[position], for: Receiver(scope))
                    } else if messages[position].isPlain {
                        state.admit(messages[position], .notAsked, transaction)
                    } else {
                        state.admitWithExtras(messages[position], .notAsked, transaction)
                    }
                switch admission {
                case .accepted: continue
                case .acceptedWithWork: hasWork = true
                case .futile, .undecided, .notNow: return (position - start, hasWork)
                }
            }
            return (end - start, hasWork)
        }
        if hasWork { waker.wake() }
        return count
    }
}
