// SPDX-License-Identifier: Apache-2.0

/// Messages whose outcome is awaited, by itself or with others.
extension ProducerCore {
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
    func submit(
        _ message: ProducerMessage,
        transaction: UInt32 = 0,
        in scope: ScopeHandle? = nil
    ) async throws(KafkaError) -> PendingDelivery {
        let awaiter = Awaiter(scope: scope)
        let receiver = Receiver(awaiter, transaction: transaction)
        // Nobody would learn the outcome.
        if Task.isCancelled { throw .cancelledSend }
        if try !sendNow(message, for: receiver) { try await send(receiver.submission(of: message)) }
        return PendingDelivery(message: message, awaiter: awaiter)
    }

    /// Sends messages, many of them under one lock, and waits for the outcome of each.
    func deliver(
        contentsOf messages: [ProducerMessage],
        transaction: UInt32 = 0,
        in scope: ScopeHandle? = nil
    ) async -> [Result<Delivery, ProducerError>] {
        let awaiters = messages.map { _ in Awaiter(scope: scope) }
        var next = 0
        while next < messages.count {
            do throws(KafkaError) {
                // Who is followed is followed one by one.
                if !mustObserve(nil) { next += try sendNow(messages, awaiters, from: next, transaction, in: scope) }
                if next == messages.count { break }
                try await send(Receiver(awaiters[next], transaction: transaction).submission(of: messages[next]))
            } catch {
                let refusal = ProducerError(message: messages[next], error: error, persistence: .notPersisted)
                awaiters[next].resume(returning: .failure(refusal))
            }
            next += 1
        }
        var outcomes: [Result<Delivery, ProducerError>] = []
        outcomes.reserveCapacity(messages.count)
        for (message, awaiter) in zip(messages, awaiters) { outcomes.append(await awaiter.outcome(of: message)) }
        return outcomes
    }
}
