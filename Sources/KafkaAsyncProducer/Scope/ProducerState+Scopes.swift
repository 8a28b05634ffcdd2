// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Messages of delivery scopes: counted there where they are accepted and where they have their outcome.
extension ProducerState {
    /// Accepts a message of a scope if there is room.
    mutating func admit(_ message: ProducerMessage, in scope: ScopeHandle) -> Admission {
        withSpan(message.key) { key in
            withSpan(message.value) { value in
                if message.isPlain, admit(message.topic, message.partition, key, value, message.note, in: scope) {
                    return .accepted
                }
                guard mayAdmit(to: message.topic, in: scope) else { return .notNow }
                return admit(Submission(message: message, scope: scope))
            }
        }
    }

    /// Accepts borrowed bytes for a scope if there is room in the chunk at hand.
    mutating func admit(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        in scope: ScopeHandle
    ) -> Bool {
        sendsToLook &-= 1
        guard mayAdmit(to: topic, in: scope), budget.hasRoom, let index = topics.find(topic),
            (key?.count ?? 0) + (value?.count ?? 0) <= budget.largestMessage
        else { return false }
        let queue = route(index, partition, key, .notAsked)
        guard queue >= 0 else { return false }
        guard queues[queue].writer.append(key: key, value: value, partition: partition ?? -1, note: note.awaited) else {
            giveTurnBack(index, partition)
            return false
        }
        queues[queue].setAwaiter(scope)
        budget.takeMessage()
        ledger.accept(1)
        scopes.accept(scope)
        return true
    }

    /// Whether nobody comes first, and nobody has to be asked.
    private mutating func mayAdmit(to topic: Topic, in scope: ScopeHandle) -> Bool {
        guard sendsToLook >= 0, openTransaction == 0, senders.isEmpty, scopes.isOpen(scope),
            let index = topics.find(topic)
        else { return false }
        // Its partitioner is asked without a lock.
        return topics[index].custom == nil
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
        guard !isForked, !mustObserve(message.companion) else { return false }
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
        guard !isForked, !mustObserve(nil) else { return false }
        return withState { $0.admit(topic, partition, key, value, note, in: scope) }
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
