// SPDX-License-Identifier: Apache-2.0

/// One consistent snapshot of a producer's account: always `accepted == succeeded + failed + inFlight`.
public struct Statistics: Sendable, Hashable {
    /// Messages the producer took responsibility for.
    public internal(set) var accepted = 0
    /// Accepted and delivered.
    public internal(set) var succeeded = 0
    /// Accepted and not delivered.
    public internal(set) var failed = 0
    /// The failures by their cause.
    public internal(set) var failedByCause: [KafkaError.Code: Int] = [:]
    /// Accepted, with no outcome yet.
    public internal(set) var inFlight = 0

    /// In flight and delivered messages that no iterator has taken yet: what the budget limits.
    public internal(set) var bufferedMessages = 0
    /// The bytes of ``bufferedMessages``: keys, values, headers and an overhead per message.
    public internal(set) var bufferedBytes = 0
    /// Delivered messages that wait for a reader of ``AsyncProducer/successes``; part of ``bufferedMessages``.
    public internal(set) var unreadSuccesses = 0
    /// Failed messages that wait for a reader of ``AsyncProducer/errors``; they have left the budget.
    public internal(set) var unreadErrors = 0
    /// Delivered messages whose element nobody wanted; they are counted in ``succeeded``.
    public internal(set) var discardedSuccesses = 0
    /// Failed messages whose element was dropped, the oldest first, because too many waited for a reader. They are
    /// counted in ``failed``.
    public internal(set) var droppedErrors: [KafkaError.Code: Int] = [:]
    /// Tasks suspended in a send until there is room.
    public internal(set) var waitingSenders = 0
    /// Clients of librdkafka that were replaced by another: by ``AsyncProducer/abort()`` while messages were under way, or
    /// because messages under way ran out of time. See <doc:Internals>.
    public internal(set) var retiredClients = 0

    /// Transactions that were committed.
    public internal(set) var committedTransactions = 0
    /// Transactions that were begun and aborted: see ``TransactionError/Outcome/aborted``.
    public internal(set) var abortedTransactions = 0
    /// Transactions of which it is not known: see ``TransactionError/Outcome/unknown``.
    public internal(set) var unresolvedTransactions = 0

    /// A codec of the configuration that librdkafka does not use, because a broker's versions of Produce are too old for it
    /// (librdkafka before 2.11.1): batches are then not compressed.
    public internal(set) var droppedCodec: AsyncProducer.Configuration.Batching.Compression?

    /// Whether the account adds up. Always true; tests assert it at every fault.
    public var isBalanced: Bool { accepted == succeeded + failed + inFlight }
}
