// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Everything a producer knows, behind its one lock: one snapshot of it is always consistent.
///
/// Accepting goes to draining by a close or by the loss of the last reference, and draining to closed when every
/// message has its outcome. A fatal error refuses new messages in any phase and changes none.
struct ProducerState: ~Copyable {
    enum Phase {
        case accepting
        case draining
        case closed
    }

    /// What a suspended sender waits for: room for `count` messages of `size` bytes together.
    struct Sender {
        let count: Int
        let size: Int
        /// The task, if it can be told.
        let task: Int?
        let continuation: CheckedContinuation<Result<UInt8, KafkaError>, Never>
    }

    var phase = Phase.accepting
    /// The cause that stopped the client for good.
    var fatalError: KafkaError?
    /// Nobody can send or close any more: what is left is dropped, without waiting for anybody.
    var isAbandoned = false

    var ledger = Ledger()
    var budget: Budget
    var slots = SlotTable()
    var topics: TopicTable
    var successes: SuccessQueue<BatchStorage, SuccessReader>
    var errors: ErrorQueue<ErrorReader>
    var senders = WaiterQueue<Sender>()
    var closing = Closing()
    var discardedSuccesses = 0

    /// Let go of with the last outcome; whoever is inside a call holds a reference of its own.
    var client: Client?

    init(configuration: AsyncProducer.Configuration, producer: UInt32, client: Client) {
        self.budget = Budget(
            maximumMessages: configuration.buffering.maximumMessages,
            maximumBytes: configuration.buffering.maximumBytes
        )
        self.topics = TopicTable(producer: producer)
        self.successes = SuccessQueue(policy: configuration.returns.successes)
        self.errors = ErrorQueue(
            maximumCount: configuration.returns.maximumErrors,
            maximumBytes: configuration.buffering.maximumBytes
        )
        self.client = client
    }

    // MARK: Admission

    /// Why nothing is accepted now, if so.
    var refusal: KafkaError? {
        if phase != .accepting {
            return KafkaError(.closed, "the producer is closing or closed: the message was not accepted")
        }
        return fatalError
    }

    /// Takes room for a message at once, unless others wait, there is no room, or the topic is new.
    mutating func admitNow(_ topic: Topic, size: Int) -> (topic: TopicHandle, epoch: UInt8)? {
        guard phase == .accepting, fatalError == nil, senders.isEmpty, let handle = topics.find(topic),
            budget.take(count: 1, size: size)
        else { return nil }
        return (handle, ledger.accept(1))
    }

    /// Takes room for `count` messages if that is possible without passing those who wait.
    mutating func admit(count: Int, size: Int, task: Int?, _ effects: inout Effects) -> UInt8? {
        if senders.isEmpty {
            makeRoom(count: count, size: size, &effects)
            if budget.take(count: count, size: size) { return ledger.accept(count) }
        }
        guard mustNotWait(task) else { return nil }
        budget.overdraw(count: count, size: size)
        return ledger.accept(count)
    }

    /// A reader that sends from its loop would wait for itself when unread successes hold all the room: with nothing
    /// in flight only its own next step can give any. It then goes over the budget, by one call at a time.
    private func mustNotWait(_ task: Int?) -> Bool {
        ledger.inFlight == 0 && successes.isReading(task)
    }

    /// Accepts those who waited longest, as far as there is room.
    mutating func admitWaiting(_ effects: inout Effects) {
        while let sender = senders.first {
            makeRoom(count: sender.count, size: sender.size, &effects)
            guard budget.take(count: sender.count, size: sender.size) else { return }
            _ = senders.popFirst()
            let epoch = ledger.accept(sender.count)
            effects.then { sender.continuation.resume(returning: .success(epoch)) }
        }
    }

    /// Accepts a reader that would wait for itself, now that nothing is in flight any more.
    mutating func admitReaders(_ effects: inout Effects) {
        while ledger.inFlight == 0, !senders.isEmpty,
            let sender = senders.removeFirst(where: { successes.isReading($0.task) })
        {
            budget.overdraw(count: sender.count, size: sender.size)
            let epoch = ledger.accept(sender.count)
            effects.then { sender.continuation.resume(returning: .success(epoch)) }
        }
    }

    /// Refuses everybody who waits.
    mutating func refuseWaiting(_ error: KafkaError, _ effects: inout Effects) {
        for sender in senders.removeAll() {
            effects.then { sender.continuation.resume(returning: .failure(error)) }
        }
    }

    /// Discards successes that nobody reads, oldest first, until there is room: they must never stall a send.
    private mutating func makeRoom(count: Int, size: Int, _ effects: inout Effects) {
        guard successes.mayDiscard else { return }
        while budget.limit(count: count, size: size) != nil, let unread = successes.take() {
            discard(unread, &effects)
        }
    }

    // MARK: Outcomes

    mutating func discard(_ unread: UnreadBatch, _ effects: inout Effects) {
        discardedSuccesses += unread.count
        budget.giveBack(count: unread.count, size: unread.bytes)
        effects.release(unread.batch)
    }

    /// Hands a delivered batch to a waiting reader, or keeps or discards it.
    mutating func publish(_ unread: UnreadBatch, _ effects: inout Effects) {
        guard successes.keepsElements else { return discard(unread, &effects) }
        if let reader = successes.readers.popFirst() {
            budget.giveBack(count: unread.count, size: unread.bytes)
            effects.then { reader.resume(returning: unread) }
            return
        }
        successes.append(unread)
        for old in successes.trim() { discard(old, &effects) }
    }

    /// Hands a failure to a waiting reader or keeps it.
    mutating func publish(_ error: ProducerError, size: Int, _ effects: inout Effects) {
        if let reader = errors.readers.popFirst() {
            effects.then { reader.resume(returning: error) }
        } else {
            let dropped = errors.append(error, bytes: size)
            if !dropped.isEmpty { effects.release(dropped) }
        }
    }

    var statistics: Statistics {
        var statistics = Statistics()
        statistics.accepted = ledger.accepted
        statistics.succeeded = ledger.succeeded
        statistics.failed = ledger.failed
        statistics.failedByCause = ledger.failedByCause
        statistics.inFlight = ledger.inFlight
        statistics.bufferedMessages = budget.messages
        statistics.bufferedBytes = budget.bytes
        statistics.unreadSuccesses = successes.unreadCount
        statistics.unreadErrors = errors.count
        statistics.discardedSuccesses = discardedSuccesses
        statistics.droppedErrors = errors.dropped
        statistics.waitingSenders = senders.count
        return statistics
    }
}

typealias UnreadBatch = UnreadMessages<BatchStorage>

/// Resumed with the next batch, or nil at the end.
typealias SuccessReader = CheckedContinuation<UnreadBatch?, Never>

/// Resumed with the next failure, or nil at the end.
typealias ErrorReader = CheckedContinuation<ProducerError?, Never>
