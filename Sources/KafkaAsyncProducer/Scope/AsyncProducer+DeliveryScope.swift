// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// Runs `body`, and waits until every message sent through the scope has its outcome.
    ///
    /// ```swift
    /// try await producer.withDeliveryScope { scope in
    ///     for order in orders { try await scope.send(order.message) }
    /// }
    /// // All of them are in the log.
    /// ```
    ///
    /// Scopes may be nested, and any number be open at once: each has the messages sent through it, and no others. They share
    /// batches and budget with all that the producer sends, and wait for their linger as any. ``successes`` and ``errors`` do
    /// not see them. There is no task and no continuation for a message: a scope of a million costs a counter.
    ///
    /// When the task is cancelled, or the deadline comes, the scope waits no longer: the messages without an outcome are still
    /// being delivered, and those that fail become elements of ``errors``.
    ///
    /// - Parameters:
    ///   - deadline: How long outcomes are waited for once `body` is done; nil, the default, for as long as it takes, which
    ///     ``Configuration/Delivery/timeout`` bounds.
    ///   - body: Sends. What it hands to others may send until it returns.
    /// - Returns: What `body` returned, when every message was delivered.
    /// - Throws: ``DeliveryScopeError`` with the messages that failed; what `body` threw when none did;
    ///   ``KafkaError/Code/forked`` in a forked child.
    public func withDeliveryScope<Result>(
        deadline: Duration? = nil,
        _ body: (DeliveryScope) async throws -> Result
    ) async throws -> Result {
        let handle = try core.openScope()
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(DeliveryScope(producer: self, handle: handle)))
        } catch {
            result = .failure(error)
        }
        let outcome = await core.closeScope(handle, deadline: deadline)
        if !outcome.errors.isEmpty || !outcome.dropped.isEmpty || outcome.unfinished > 0 {
            var bodyError: (any Error)?
            if case .failure(let error) = result { bodyError = error }
            throw DeliveryScopeError(
                deliveredCount: outcome.delivered,
                errors: outcome.errors,
                dropped: outcome.dropped,
                unfinishedCount: outcome.unfinished,
                interruption: outcome.interruption,
                bodyError: bodyError
            )
        }
        return try result.get()
    }
}

extension ProducerCore {
    func openScope() throws(KafkaError) -> ScopeHandle {
        if isForked { throw forkedError }
        return withState { $0.scopes.open() }
    }

    /// Waits for the outcomes of a scope's messages; nothing is accepted in it any more.
    func closeScope(_ scope: ScopeHandle, deadline: Duration?) async -> ScopeOutcome {
        if isForked {
            return ScopeOutcome(delivered: 0, errors: [], dropped: [:], unfinished: 0, interruption: forkedError)
        }
        let limit = deadline.map { Uptime.end(of: $0) } ?? .max
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: ScopeWaiter) in
                update { state, effects in
                    state.close(scope, deadline: limit, waiter, &effects)
                    if limit < .max { effects.wakesDriver = true }
                }
                // A cancellation that came before this registration is seen here.
                if Task.isCancelled { giveUp(scope) }
            }
        } onCancel: {
            giveUp(scope)
        }
    }

    private func giveUp(_ scope: ScopeHandle) {
        guard !isForked else { return }
        let error = KafkaError(.cancelled, "the task was cancelled while the delivery scope waited for outcomes")
        update { state, effects in state.scopes.giveUp(scope, error, &effects) }
    }
}
