// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Whose outcome a message is instead of a stream's: somebody's who awaits it, a delivery scope's, or both.
struct Receiver {
    let awaiter: Awaiter?
    let scope: ScopeHandle?
    /// The transaction that the message is part of; 0 is none.
    let transaction: UInt32

    init(_ awaiter: Awaiter, transaction: UInt32) {
        (self.awaiter, scope, self.transaction) = (awaiter, awaiter.scope, transaction)
    }

    init(_ scope: ScopeHandle) { (awaiter, self.scope, transaction) = (nil, scope, 0) }

    func submission(of message: ProducerMessage) -> Submission {
        Submission(message: message, awaiter: awaiter, scope: scope, transaction: transaction)
    }
}

/// Messages whose outcome is somebody's: counted in their scope where they are accepted and where they have their outcome.
extension ProducerState {
    /// Accepts a message if there is room.
    mutating func admit(_ message: ProducerMessage, for receiver: Receiver) -> Admission {
        withSpan(message.key) { key in
            withSpan(message.value) { value in
                if message.isPlain, admit(message.topic, message.partition, key, value, message.note, for: receiver) {
                    return .accepted
                }
                guard mayAdmit(to: message.topic, for: receiver) else { return .notNow }
                return admit(receiver.submission(of: message))
            }
        }
    }

    /// Accepts borrowed bytes if there is room in the chunk at hand.
    mutating func admit(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        for receiver: Receiver
    ) -> Bool {
        sendsToLook &-= 1
        guard mayAdmit(to: topic, for: receiver), budget.hasRoom, let index = topics.find(topic),
            (key?.count ?? 0) + (value?.count ?? 0) <= budget.largestMessage
        else { return false }
        let queue = route(index, partition, key, .notAsked)
        guard queue >= 0 else { return false }
        guard queues[queue].append(key, value, partition ?? -1, note.awaited) else {
            giveTurnBack(index, partition)
            return false
        }
        if let awaiter = receiver.awaiter {
            queues[queue].setAwaiter(awaiter)
        } else if let scope = receiver.scope {
            queues[queue].setAwaiter(scope)
        }
        budget.takeMessage()
        ledger.accept(1)
        if let scope = receiver.scope { scopes.accept(scope) }
        return true
    }

    /// Whether nobody comes first, and nobody has to be asked.
    private mutating func mayAdmit(to topic: Topic, for receiver: Receiver) -> Bool {
        guard sendsToLook >= 0, receiver.transaction == openTransaction, senders.isEmpty,
            receiver.scope.map({ scopes.isOpen($0) }) ?? true, let index = topics.find(topic)
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
    /// The whole of a send when there is room: returns false when it has to wait.
    func sendNow(_ message: ProducerMessage, for receiver: Receiver) throws(KafkaError) -> Bool {
        try MessageSize.check(message)
        guard !isForked, !mustObserve(message.companion) else { return false }
        let admission = withState { $0.admit(message, for: receiver) }
        return finish(admission)
    }

    func sendNow(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ tag: UInt64?,
        for receiver: Receiver
    ) throws(KafkaError) -> Bool {
        try MessageSize.check(partition: partition, key: key?.count, value: value?.count)
        let note = try Self.note(tag)
        guard !isForked, !mustObserve(nil) else { return false }
        return withState { $0.admit(topic, partition, key, value, note, for: receiver) }
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
