// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Messages of delivery scopes: counted there where they are accepted and where they have their outcome.
extension ProducerState {
    /// Accepts a message of a scope if there is room in the chunk at hand.
    mutating func admit(_ message: ProducerMessage, in scope: ScopeHandle) -> Admission {
        let attachments = message.attachments
        return withSpan(message.key) { key in
            withSpan(message.value) { value in
                admit(message.topic, message.partition, key, value, .none, attachments, in: scope)
                    // Where it may still be accepted, whoever waits for room looks after that.
                    ?? (isOpen && senders.isEmpty && sendsToLook >= 0 && scopes.isOpen(scope)
                        ? admit(Submission(message: message, scope: scope)) : .notNow)
            }
        }
    }

    /// The same with borrowed bytes; nil when there is no room there.
    mutating func admit(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        _ attachments: MessageAttachments?,
        in scope: ScopeHandle
    ) -> Admission? {
        sendsToLook &-= 1
        let headerSize = attachments?.headerSize ?? 0
        guard sendsToLook >= 0, isOpen, senders.isEmpty, budget.hasRoom, scopes.isOpen(scope),
            let index = topics.find(topic), headerSize <= budget.chunkRoom,
            (key?.count ?? 0) + (value?.count ?? 0) + headerSize <= budget.largestMessage
        else { return nil }
        let queue = route(index, partition, key)
        guard queue >= 0 else { return nil }
        let note = attachments == nil ? note : RecordNote.extras(at: queues[queue].extrasCount)
        guard
            queues[queue].writer.append(
                key: key,
                value: value,
                headerSize: attachments?.requestSize ?? 0,
                partition: partition ?? -1,
                note: note.awaited
            )
        else { return nil }
        if let attachments { addExtras(attachments, to: queue) }
        queues[queue].setAwaiter(scope)
        budget.takeMessage()
        ledger.accept(1)
        scopes.accept(scope)
        return .accepted
    }

    /// Ends a scope: who waits for room in it is refused.
    mutating func close(_ scope: ScopeHandle, deadline: Int64, _ waiter: ScopeWaiter, _ effects: inout Effects) {
        for sender in senders.removeAll(where: { $0.submission.scope === scope }) {
            effects.then { sender.continuation.resume(returning: .failure(.scopeEnded)) }
        }
        admitWaiting(&effects)
        scopes.close(scope, deadline: deadline, waiter, &effects)
    }
}

extension ProducerCore {
    /// The whole of a scope's send when there is room: returns false when it has to wait.
    func sendNow(_ message: ProducerMessage, in scope: ScopeHandle) throws(KafkaError) -> Bool {
        try MessageSize.check(message)
        guard !isForked else { return false }
        let admission = withState { $0.admit(message, in: scope) }
        return finish(admission)
    }

    func sendNow(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?,
        in scope: ScopeHandle
    ) throws(KafkaError) -> Bool {
        try MessageSize.check(partition: partition, key: key?.count, value: value?.count)
        let note = try Self.note(tag)
        guard !isForked else { return false }
        return withState { $0.admit(topic, partition, key, value, note, nil, in: scope) } != nil
    }
}

extension KafkaError {
    static var scopeEnded: KafkaError {
        KafkaError(
            .scopeEnded,
            "the delivery scope has ended: the message was not accepted; send it through another, or through input"
        )
    }
}
