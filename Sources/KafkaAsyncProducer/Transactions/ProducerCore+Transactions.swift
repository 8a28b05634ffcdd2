// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Who waits for the steps of a transaction.
extension ProducerCore {
    /// Begins a transaction; returns its number.
    func beginTransaction(deadline: Duration?) async throws(TransactionError) -> UInt32 {
        func refuse(_ cause: KafkaError) -> TransactionError { TransactionError(outcome: .notBegun, cause: cause) }
        if isForked { throw refuse(forkedError) }
        guard settings.transactionalID != nil else { throw refuse(.notTransactional) }
        if let deadline, deadline <= .zero {
            throw refuse(
                KafkaError(.deadlineExceeded, "withTransaction(deadline:) is \(deadline): it must be above zero")
            )
        }
        if Task.isCancelled {
            throw refuse(Self.cancelledTransaction)
        }
        let limit = deadline.map { Uptime.end(of: $0) } ?? Uptime.now + settings.transactionTimeout
        let ticket = withState { $0.transaction.makeTicket() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (beginner: TransactionState.Beginner) in
                update { state, effects in
                    state.beginTransaction(beginner, ticket: ticket, until: limit, &effects)
                }
                // See WaiterQueue: a cancellation that came before this registration is seen here.
                if Task.isCancelled { cancelBegin(ticket) }
            }
        } onCancel: {
            cancelBegin(ticket)
        }
        return try result.get()
    }

    private func cancelBegin(_ ticket: Int) {
        guard !isForked else { return }
        update { state, effects in
            guard state.transaction.ticket == ticket else { return }
            state.stopBegin(Self.cancelledTransaction, &effects)
        }
    }

    /// Commits a transaction, or says why not.
    func commitTransaction(_ number: UInt32) async throws(TransactionError) {
        let result = await withTaskCancellationHandler {
            await endTransaction(number, abortingFor: Task.isCancelled ? Self.cancelledTransaction : nil)
        } onCancel: {
            // Before the coordinator was asked there is still something to be cancelled.
            guard !isForked else { return }
            update { state, effects in
                if state.transaction.number == number { state.doom(Self.cancelledTransaction, &effects) }
            }
        }
        if case .failed(let error) = result { throw error }
    }

    /// Waits for the end of a transaction that is committed or, with a cause, aborted.
    func endTransaction(_ number: UInt32, abortingFor cause: KafkaError?) async -> TransactionState.Ending {
        if isForked { return .failed(TransactionError(outcome: .unknown, cause: forkedError)) }
        return await withCheckedContinuation { (owner: TransactionState.Owner) in
            update { state, effects in state.endTransaction(owner, number, abortingFor: cause, &effects) }
        }
    }

    private static var cancelledTransaction: KafkaError {
        KafkaError(.cancelled, "the task was cancelled before the transaction was committed")
    }

    func sendOffsets(
        _ offsets: [ConsumedOffset],
        _ group: ConsumerGroupMetadata,
        transaction: UInt32
    ) async throws(KafkaError) {
        if isForked { throw forkedError }
        let group = try group.validated
        var list: [Client.GroupOffset] = []
        for offset in offsets { list.append(try offset.validated) }
        if let refusal = withState({ $0.refusal(of: transaction) }) { throw refusal }
        if list.isEmpty { return }
        let request = OffsetsRequest(list, group)
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                request.register(waiter)
                update { state, effects in state.addOffsets(request, transaction, &effects) }
                // See WaiterQueue: a cancellation that came before this registration is seen here.
                if Task.isCancelled { giveUp(request) }
            }
        } onCancel: {
            giveUp(request)
        }
        try answer.get()
    }

    /// Nobody waits any more: whether the group's coordinator has taken the offsets is not known, so that nothing but an abort
    /// can follow.
    private func giveUp(_ request: OffsetsRequest) {
        guard !isForked else { return }
        update { state, effects in
            guard state.transaction.offsets.contains(where: { $0 === request }) else { return }
            state.doom(Self.cancelledTransaction, &effects)
        }
    }
}
