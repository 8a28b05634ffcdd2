// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Transactions, and what is sent in them: in each way that there is.
extension ModelActor {
    private struct Left: Error {}

    func perform(_ plan: ModelTransaction, _ producer: AsyncProducer) async {
        let start = ContinuousClock.now
        var hasBegun = false
        var left: [Task<Void, Never>] = []
        let result: ModelTransactionEnd.Result
        do {
            let answer = try await producer.withTransaction(deadline: plan.deadline) { transaction in
                hasBegun = true
                left = await perform(plan, in: transaction, producer)
                if plan.isThrowing { throw Left() }
                return plan.number
            }
            account.expect(answer == plan.number, "withTransaction returned \(answer) for \(plan.number)")
            result = .committed
        } catch let error as TransactionError {
            result = .failed(error)
        } catch {
            account.expect(error is Left, "withTransaction threw an error of nobody's: \(error)")
            result = .thrown
        }
        let inFlight = producer.inFlightCount
        let isAlone = account.plan.hasOneOwner
        account.expect(!hasBegun || !isAlone || inFlight == 0, "\(inFlight) in flight after transaction \(plan.number)")
        let end = ModelTransactionEnd(
            result: result,
            hasBegun: hasBegun,
            isCancelled: Task.isCancelled,
            mayBeClosed: account.mayBeClosed,
            elapsed: ContinuousClock.now - start
        )
        account.note(end, of: plan)
        for task in left { await task.value }
    }

    /// What its body does; returns the tasks that it has not waited for.
    private func perform(
        _ plan: ModelTransaction,
        in transaction: Transaction,
        _ producer: AsyncProducer
    ) async -> [Task<Void, Never>] {
        func member(_ index: Int) -> ModelActor {
            // A sender of its own: what it sends is in order by itself only.
            let sender = index == 0 ? origin.sender : plan.number * 10 + 1_000 + index
            let isLeft = index > 0 && plan.leavesTasks
            let origin = ModelOrigin(sender: sender, transaction: plan.number, isLeft: isLeft)
            return ModelActor(origin, account: account, cluster: cluster, transaction: transaction)
        }
        let members = plan.tasks.indices.map { (member($0 + 1), plan.tasks[$0]) }
        if plan.leavesTasks {
            let tasks = members.map { member, actions in Task { await member.perform(actions, producer) } }
            await member(0).perform(plan.body, producer)
            return tasks
        }
        await withTaskGroup { group in
            for (member, actions) in members { group.addTask { await member.perform(actions, producer) } }
            await member(0).perform(plan.body, producer)
        }
        return []
    }

    func transactionInVain(_ producer: AsyncProducer) async {
        do {
            try await producer.withTransaction { _ in account.finding("a transaction was begun that must not be") }
            account.finding("a transaction was committed that must not be begun")
        } catch let error as TransactionError {
            account.expect(error.outcome == .notBegun && isRefusal(error.cause), "refused for no reason: \(error)")
        } catch {
            account.finding("withTransaction threw \(error)")
        }
    }

    /// Why a transaction must not be begun.
    private func isRefusal(_ error: KafkaError) -> Bool {
        if !account.setting.isTransactional { return error.code == .notTransactional }
        if error.isFatal { return account.plan.mayBeFatal }
        switch error.code {
        case .transactionInProgress: return transaction != nil
        case .closed: return account.mayBeClosed
        case .cancelled: return Task.isCancelled
        default: return false
        }
    }

    func sendOffsets(_ plan: ModelOffsets) async {
        guard let transaction else { return }
        do throws(KafkaError) {
            try await transaction.sendOffsets(plan.offsets, group: plan.group)
            account.expect(plan.refusal == nil, "offsets were taken: \(plan)")
        } catch {
            if error.code == plan.refusal, !error.requiresAbort { return }
            let isExpected = plan.refusal == nil && account.isRefused(for: error, origin)
            account.expect(isExpected || error.code == .closed && account.mayBeClosed, "\(error), sending \(plan)")
        }
    }

    // MARK: Sending

    func send(_ message: ProducerMessage, _ producer: AsyncProducer) async throws(KafkaError) {
        if let transaction { try await transaction.send(message) } else { try await producer.input.send(message) }
    }

    func send(
        contentsOf messages: [ProducerMessage],
        _ producer: AsyncProducer
    ) async throws(AsyncProducer.PartialSendError) {
        if let transaction {
            try await transaction.send(contentsOf: messages)
        } else {
            try await producer.input.send(contentsOf: messages)
        }
    }

    /// Every second one through the input.
    func deliver(
        _ message: ProducerMessage,
        _ number: Int,
        _ producer: AsyncProducer
    ) async throws(ProducerError) -> Delivery {
        if number.isMultiple(of: 2) { return try await input(producer).deliver(message) }
        if let transaction { return try await transaction.deliver(message) }
        return try await producer.deliver(message)
    }

    func submit(
        _ message: ProducerMessage,
        _ number: Int,
        _ producer: AsyncProducer
    ) async throws(KafkaError) -> PendingDelivery {
        if number.isMultiple(of: 2) { return try await input(producer).submit(message) }
        if let transaction { return try await transaction.submit(message) }
        return try await producer.submit(message)
    }
}
