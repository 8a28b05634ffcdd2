// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Messages whose outcome somebody waits for.
extension ModelActor {
    func deliver(_ sent: ModelMessage, _ producer: AsyncProducer) async {
        // It has no tag; the message alone is what comes back.
        let sent = sent.tagged(nil)
        do throws(ProducerError) {
            note(.success(try await producer.deliver(handles.resolved(sent.message))), of: sent)
        } catch {
            note(.failure(error), of: sent)
        }
    }

    func deliverAll(_ messages: [ModelMessage], _ producer: AsyncProducer) async {
        let outcomes = await producer.deliver(contentsOf: messages.map { handles.resolved($0.message) })
        account.expect(outcomes.count == messages.count, "\(outcomes.count) outcomes of \(messages.count)")
        for (outcome, sent) in zip(outcomes, messages) { note(outcome, of: sent) }
    }

    /// The outcome of a call that both sends and waits.
    private func note(_ outcome: Result<Delivery, ProducerError>, of sent: ModelMessage) {
        switch outcome {
        case .success(let delivery):
            account.accept(sent, sender: sender)
            account.delivered(sent, delivery)
        case .failure(let error):
            account.checkWhole(error, sent)
            let buffering = account.setting.buffering
            // No size of a plan is both over the budget and over Kafka's limit; a broker's refusal names a partition.
            let isOverBudget =
                error.error.code == .messageTooLarge && error.partition == nil
                && sent.payload + 2_000 > buffering.maximumBytes
            let isRefused =
                [.closed, .cancelled, .noRoom, .tooManyTopics].contains(error.error.code) || isOverBudget
                || !sent.refusals(buffering).isEmpty
            if error.error.code == .cancelled, error.persistence == .possiblyPersisted {
                account.expect(Task.isCancelled, "\(error), and nobody cancelled it")
                account.accept(sent, sender: sender, isSilent: true)
            } else if isRefused {
                account.expect(error.persistence == .notPersisted, "refused as \(error): \(sent)")
                account.refuse(sent, error.error, isCancelled: Task.isCancelled)
            } else {
                account.accept(sent, sender: sender)
                account.read(error)
            }
        }
    }

    func submit(_ sent: ModelMessage, _ waiters: Int, _ producer: AsyncProducer) async {
        let pending: PendingDelivery
        do throws(KafkaError) {
            pending = try await producer.submit(handles.resolved(sent.message))
        } catch {
            return account.refuse(sent, error, isCancelled: Task.isCancelled)
        }
        account.accept(sent, sender: sender, isSilent: waiters == 0)
        if waiters == 0 { return }
        let others = (1..<waiters).map { _ in Task { await pending.result } }
        let outcome = await pending.result
        switch outcome {
        case .success(let delivery): account.delivered(sent, delivery)
        case .failure(let error) where error.error.code == .cancelled && error.persistence == .possiblyPersisted:
            account.expect(Task.isCancelled, "\(error), and nobody cancelled it")
            account.silence(sent)
            return
        case .failure(let error):
            account.checkWhole(error, sent)
            account.read(error)
        }
        // Nobody cancels them: they are told the same.
        for other in others {
            let told = await other.value
            account.expect(Self.text(told) == Self.text(outcome), "\(told) and \(outcome): \(sent)")
        }
    }

    private static func text(_ outcome: Result<Delivery, ProducerError>) -> String {
        switch outcome {
        case .success(let delivery): "\(delivery)"
        case .failure(let error): "\(error.error) \(error.persistence)"
        }
    }

    func sendStream(_ messages: [ModelMessage], _ producer: AsyncProducer) async {
        let (stream, continuation) = AsyncStream.makeStream(of: ProducerMessage.self)
        for message in messages { continuation.yield(handles.resolved(message.message)) }
        continuation.finish()
        await sendingAll(messages) { () async throws(AsyncProducer.PartialSendError) in
            try await producer.input.send(contentsOf: stream)
        }
    }

    // MARK: Delivery scopes

    func scope(
        _ messages: [ModelMessage],
        _ inner: [ModelMessage],
        _ deadline: Duration?,
        _ producer: AsyncProducer
    ) async {
        let outer = ModelScope()
        do {
            try await producer.withDeliveryScope(deadline: deadline) { scope in
                outer.scope = scope
                await send(messages, scope)
                // It waits for its own only.
                if !inner.isEmpty { await self.scope(inner, [], deadline, producer) }
            }
            account.deliveredInScope(messages.filter { account.isAccepted($0) })
        } catch let error as DeliveryScopeError {
            for error in error.errors { account.read(error) }
            let dropped = error.dropped.values.reduce(0, +)
            let told = error.deliveredCount + error.errors.count + dropped + error.unfinishedCount
            let accepted = messages.count { account.isAccepted($0) }
            account.expect(told == accepted, "\(accepted) accepted in a scope: \(error)")
            let isOver = error.interruption.map { $0.code == .cancelled ? Task.isCancelled : deadline != nil } ?? true
            account.expect(isOver && error.bodyError == nil, "no reason for \(error)")
            let isUnfinished = error.unfinishedCount > 0
            account.expect(!isUnfinished || error.interruption != nil, "unfinished without a reason: \(error)")
        } catch {
            account.finding("withDeliveryScope threw \(error)")
        }
        // Behind its end nothing is accepted in it.
        do throws(KafkaError) {
            let result = try outer.scope?.trySend(ProducerMessage(topic: "one", value: "late"))
            let isRefused = result == nil || result == .refused(.closing)
            account.expect(isRefused, "a scope that has ended: \(String(describing: result))")
        } catch {
            let isRefused = [.scopeEnded, .tooManyTopics].contains(error.code)
            account.expect(isRefused, "a scope that has ended threw \(error)")
        }
    }

    private final class ModelScope { var scope: DeliveryScope? }

    /// Each in another way.
    private func send(_ messages: [ModelMessage], _ scope: DeliveryScope) async {
        for sent in messages {
            let message = handles.resolved(sent.message)
            switch sent.number % 5 {
            case 0: trySending(sent, isScoped: true) { () throws(KafkaError) in try scope.trySend(message) }
            case 1:
                await sendingAll([sent], isScoped: true) { () async throws(AsyncProducer.PartialSendError) in
                    try await scope.send(contentsOf: [message])
                }
            case 2 where sent.isBorrowable && message.key == nil:
                await sending(sent, isScoped: true) { () async throws(KafkaError) in
                    let (topic, partition) = (message.topic, message.partition)
                    if let value = message.value?.array {
                        try await scope.send(to: topic, partition: partition, value: value.span)
                    } else {
                        try await scope.send(to: topic, partition: partition, value: nil)
                    }
                }
            default:
                await sending(sent, isScoped: true) { () async throws(KafkaError) in try await scope.send(message) }
            }
        }
    }

    // MARK: Looking

    func look(_ producer: AsyncProducer) {
        let statistics = producer.statistics
        account.expect(producer.inFlightCount >= 0 && !producer.name.isEmpty, "\(producer.name): \(statistics)")
        let lines = String(reflecting: producer).split(separator: "\n")
        account.expect((10...30).contains(lines.count), "a description of \(lines.count) lines")
        let health = producer.health
        account.expect(health.isAccepting || account.mayBeClosed, "not accepting: \(health)")
    }
}

extension PendingDelivery {
    fileprivate var result: Result<Delivery, ProducerError> {
        get async {
            do throws(ProducerError) { return .success(try await outcome) } catch { return .failure(error) }
        }
    }
}
