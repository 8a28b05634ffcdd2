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

    var phase = Phase.accepting { didSet { lookWhatIsAccepted() } }
    /// The cause that stopped the client for good.
    var fatalError: KafkaError? { didSet { lookWhatIsAccepted() } }
    var transaction: TransactionState { didSet { lookWhatIsAccepted() } }
    /// The transaction whose messages are accepted, 0 for those of none: one number, where the hot path would look at three
    /// enums.
    private(set) var openTransaction: UInt32
    /// Nobody can send or close any more: what is left is dropped, without waiting for anybody.
    var isAbandoned = false

    let settings: CoreSettings
    let observers: [any OutcomeObserver]
    let pool: MemoryPool
    var ledger = Ledger()
    var budget: Budget
    var topics: TopicTable
    var queues: [PartitionQueue] = []
    /// The queues that hold something: a thousand idle partitions cost the driver nothing.
    var active: [Int] = []
    var dispatch = Dispatch()
    var successes: SuccessQueue<BatchStorage, SuccessReader>
    var errors: ErrorQueue<ErrorReader>
    var scopes: ScopeTable
    var senders = WaiterQueue<Sender>()
    var sendsToLook = Self.sendsPerLook
    var looks = 0
    var closing = Closing()
    var readerWait = ReaderWait.ahead
    var discardedSuccesses = 0
    var retiredClients = 0
    var committedTransactions = 0
    var abortedTransactions = 0
    var unresolvedTransactions = 0
    var restarts = 0
    var resentPossiblyPersisted = 0

    /// The first send that finds no room but for what a reader has not read waits for one, once in the producer's life.
    enum ReaderWait: Equatable {
        case ahead
        /// Until this time of the monotonic clock.
        case until(Int64)
        case over
    }

    init(
        configuration: AsyncProducer.Configuration,
        settings: CoreSettings,
        producer: UInt32,
        observers: [any OutcomeObserver] = []
    ) {
        (self.settings, self.observers) = (settings, observers)
        transaction = TransactionState(id: settings.transactionalID, timeout: settings.transactionTimeout)
        openTransaction = transaction.accepted
        // Chunks are made of words.
        let limit = max(4, configuration.buffering.maximumBytes & ~3)
        pool = MemoryPool(limit: limit)
        budget = Budget(maximumMessages: configuration.buffering.maximumMessages, maximumBytes: limit)
        topics = TopicTable(producer: producer)
        successes = SuccessQueue(policy: configuration.returns.successes)
        errors = ErrorQueue(maximumCount: configuration.returns.maximumErrors, maximumBytes: limit)
        scopes = ScopeTable(maximumErrors: configuration.returns.maximumErrors, maximumBytes: limit)
    }

    private mutating func lookWhatIsAccepted() {
        openTransaction = phase == .accepting && fatalError == nil ? transaction.accepted : TransactionState.nothing
    }

    /// Why nothing is accepted now, if so.
    var refusal: KafkaError? {
        if phase != .accepting {
            return KafkaError(.closed, "the producer is closing or closed: the message was not accepted")
        }
        return fatalError
    }

    /// The same for one message, whose delivery scope may have ended.
    func refusal(of submission: Submission) -> KafkaError? {
        if let refusal = refusal(of: submission.transaction) { return refusal }
        guard let scope = submission.scope, !scopes.isOpen(scope) else { return nil }
        return .scopeEnded
    }

    // MARK: Outcomes

    mutating func discard(_ unread: UnreadBatch, _ effects: inout Effects) {
        discardedSuccesses += unread.count
        budget.giveBack(unread.count, of: unread.batch.chunk)
        effects.release(unread.batch)
    }

    /// Hands a delivered batch to a waiting reader, or keeps or discards it.
    mutating func publish(_ unread: UnreadBatch, _ effects: inout Effects) {
        guard successes.keepsElements else { return discard(unread, &effects) }
        if let reader = successes.readers.popFirst() {
            budget.giveBack(unread.count, of: unread.batch.chunk)
            effects.then { reader.resume(returning: unread) }
            return
        }
        successes.append(unread)
    }

    /// Hands a failure to a waiting reader or keeps it.
    mutating func publish(_ error: ProducerError, size: Int, _ effects: inout Effects) {
        if let reader = errors.readers.popFirst() {
            errors.setReading(reader.iterator)
            effects.then { reader.continuation.resume(returning: error) }
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
        statistics.bufferedBytes = budget.bytes - budget.leftBehind
        statistics.unreadSuccesses = successes.unreadCount
        statistics.unreadErrors = errors.count
        statistics.discardedSuccesses = discardedSuccesses
        statistics.droppedErrors = errors.dropped
        statistics.waitingSenders = senders.count
        statistics.retiredClients = retiredClients
        statistics.committedTransactions = committedTransactions
        statistics.abortedTransactions = abortedTransactions
        statistics.unresolvedTransactions = unresolvedTransactions
        statistics.restarts = restarts
        statistics.resentPossiblyPersisted = resentPossiblyPersisted
        return statistics
    }
}

typealias UnreadBatch = UnreadMessages<BatchStorage>

/// Resumed with the next batch, or nil at the end.
typealias SuccessReader = CheckedContinuation<UnreadBatch?, Never>

/// Resumed with the next failure, or nil at the end.
typealias ErrorContinuation = CheckedContinuation<ProducerError?, Never>

/// Somebody who waits for a failure.
struct ErrorReader {
    let iterator: ObjectIdentifier
    let continuation: ErrorContinuation
}
