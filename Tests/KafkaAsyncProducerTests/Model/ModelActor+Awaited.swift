// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Messages whose outcome somebody waits for.
extension ModelActor {
    func deliver(_ sent: ModelMessage, _ producer: AsyncProducer) async {
        // It has no tag; the message alone is what comes back.
        let sent = sent.tagged(nil)
        do throws(ProducerError) {
            note(.success(try await deliver(handles.resolved(sent.message), sent.number, producer)), of: sent)
        } catch {
            note(.failure(error), of: sent)
        }
    }

    func deliverAll(_ messages: [ModelMessage], _ producer: AsyncProducer) async {
        let contents = messages.map { handles.resolved($0.message) }
        let isOfProducer = transaction == nil && messages.count.isMultiple(of: 2)
        let outcomes =
            isOfProducer
            ? await producer.deliver(contentsOf: contents) : await input(producer).deliver(contentsOf: contents)
        account.expect(outcomes.count == messages.count, "\(outcomes.count) outcomes of \(messages.count)")
        for (outcome, sent) in zip(outcomes, messages) { note(outcome, of: sent) }
    }

    /// The outcome of a call that both sends and waits.
    ///
    /// - Parameter isScoped: Whether a failure is told once more, at the end of a delivery scope.
    func note(_ outcome: Result<Delivery, ProducerError>, of sent: ModelMessage, isScoped: Bool = false) {
        switch outcome {
        case .success(let delivery):
            account.accept(sent, origin, isScoped: isScoped)
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
                || error.partition == nil && account.isRefused(for: error.error, origin)
            if error.error.code == .cancelled, error.persistence == .possiblyPersisted {
                account.expect(Task.isCancelled, "\(error), and nobody cancelled it")
                account.accept(sent, origin, isSilent: !isScoped, isScoped: isScoped)
            } else if isRefused {
                account.expect(error.persistence == .notPersisted, "refused as \(error): \(sent)")
                account.refuse(sent, error.error, origin, isCancelled: Task.isCancelled)
            } else {
                account.accept(sent, origin, isScoped: isScoped)
                if !isScoped { account.read(error) }
            }
        }
    }

    func submit(_ sent: ModelMessage, _ waiters: Int, _ producer: AsyncProducer) async {
        let pending: PendingDelivery
        do throws(KafkaError) {
            pending = try await submit(handles.resolved(sent.message), sent.number, producer)
        } catch {
            return account.refuse(sent, error, origin, isCancelled: Task.isCancelled)
        }
        account.accept(sent, origin, isSilent: waiters == 0)
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
        await sendingAll(messages) { () async throws(AsyncProducer.PartialSendError) in
            try await input(producer).send(contentsOf: stream(of: messages))
        }
    }

    func stream(of messages: [ModelMessage]) -> AsyncStream<ProducerMessage> {
        AsyncStream { continuation in
            for message in messages { continuation.yield(handles.resolved(message.message)) }
            continuation.finish()
        }
    }
}

extension PendingDelivery {
    fileprivate var result: Result<Delivery, ProducerError> {
        get async {
            do throws(ProducerError) { return .success(try await outcome) } catch { return .failure(error) }
        }
    }
}
