// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Delivery scopes.
extension ModelActor {
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
            let isRefused =
                [.scopeEnded, .tooManyTopics].contains(error.code)
                || error.isFatal || error.code == .noTransaction && account.setting.isTransactional
            account.expect(isRefused, "a scope that has ended threw \(error)")
        }
    }

    private final class ModelScope { var scope: DeliveryScope? }

    /// Each in another way.
    private func send(_ messages: [ModelMessage], _ scope: DeliveryScope) async {
        for sent in messages {
            let message = handles.resolved(sent.message)
            switch sent.number % 9 {
            case 0: trySending(sent, isScoped: true) { () throws(KafkaError) in try scope.trySend(message) }
            case 1:
                await sendingAll([sent], isScoped: true) { () async throws(AsyncProducer.PartialSendError) in
                    try await scope.send(contentsOf: [message])
                }
            case 7:
                await sendingAll([sent], isScoped: true) { () async throws(AsyncProducer.PartialSendError) in
                    try await scope.send(contentsOf: CollectionOfOne(message))
                }
            case 8:
                await sendingAll([sent], isScoped: true) { () async throws(AsyncProducer.PartialSendError) in
                    try await scope.send(contentsOf: stream(of: [sent]))
                }
            case 2 where sent.isPlainValue, 3 where sent.isPlainValue: await sendBorrowed(sent, message, scope)
            case 4:
                await sending(sent, isScoped: true) { () async throws(KafkaError) in
                    _ = try await scope.submit(message)
                }
            case 5:
                for outcome in await scope.deliver(contentsOf: [message]) { note(outcome, of: sent, isScoped: true) }
            case 6:
                do throws(ProducerError) {
                    note(.success(try await scope.deliver(message)), of: sent, isScoped: true)
                } catch {
                    note(.failure(error), of: sent, isScoped: true)
                }
            default:
                await sending(sent, isScoped: true) { () async throws(KafkaError) in try await scope.send(message) }
            }
        }
    }

    /// One without a key.
    private func sendBorrowed(_ sent: ModelMessage, _ message: ProducerMessage, _ scope: DeliveryScope) async {
        let (topic, partition) = (message.topic, message.partition)
        guard let value = message.value?.array else {
            return await sending(sent, isScoped: true) { () async throws(KafkaError) in
                try await scope.send(to: topic, partition: partition, value: nil)
            }
        }
        if sent.number % 9 == 2 {
            trySending(sent, isScoped: true) { () throws(KafkaError) in
                try scope.trySend(to: topic, partition: partition, value: value.span)
            }
        } else {
            await sending(sent, isScoped: true) { () async throws(KafkaError) in
                try await scope.sendBorrowed(to: topic, partition: partition, key: nil, value: value.span, tag: nil)
            }
        }
    }
}

extension ModelMessage {
    /// Whether its value is all of it.
    fileprivate var isPlainValue: Bool { isBorrowable && message.key == nil }
}
