// SPDX-License-Identifier: Apache-2.0

/// One consistent snapshot of a producer's account: always `accepted == succeeded + failed + inFlight`.
///
/// Encoded, its causes are keys with Kafka's names, such as `{"_MSG_TIMED_OUT": 3}`. What a later version adds is not in what
/// an earlier one wrote: decode with the version that encoded.
public struct Statistics: Codable, Sendable, Hashable {
    /// Messages the producer took responsibility for.
    public var accepted = 0
    /// Accepted and delivered.
    public var succeeded = 0
    /// Accepted and not delivered.
    public var failed = 0
    /// The failures by their cause.
    public var failedByCause: [KafkaError.Code: Int] = [:]
    /// Accepted, with no outcome yet.
    public var inFlight = 0

    /// In flight and delivered messages that no iterator has taken yet: what the budget limits.
    public var bufferedMessages = 0
    /// The bytes of ``bufferedMessages``: keys, values, headers and an overhead per message.
    public var bufferedBytes = 0
    /// Delivered messages that wait for a reader of ``AsyncProducer/successes``; part of ``bufferedMessages``.
    public var unreadSuccesses = 0
    /// Failed messages that wait for a reader of ``AsyncProducer/errors``; they have left the budget.
    public var unreadErrors = 0
    /// Delivered messages whose element nobody wanted; they are counted in ``succeeded``.
    public var discardedSuccesses = 0
    /// Failed messages whose element was dropped, the oldest first, because too many waited for a reader. They are
    /// counted in ``failed``.
    public var droppedErrors: [KafkaError.Code: Int] = [:]
    /// Tasks suspended in a send until there is room.
    public var waitingSenders = 0
    /// Clients of librdkafka that were replaced by another: by ``AsyncProducer/abort()`` while messages were under way, or
    /// because messages under way ran out of time. See <doc:Internals>.
    public var retiredClients = 0

    /// Transactions that were committed.
    public internal(set) var committedTransactions = 0
    /// Transactions that were begun and aborted: see ``TransactionError/Outcome/aborted``.
    public internal(set) var abortedTransactions = 0
    /// Transactions of which it is not known: see ``TransactionError/Outcome/unknown``.
    public internal(set) var unresolvedTransactions = 0

    /// Clients of librdkafka that were replaced after a fatal error; see ``AsyncProducer/Configuration/recovery``.
    public internal(set) var restarts = 0
    /// Messages that went to the next client although they may have been stored by the one before: they may be in the log twice.
    public internal(set) var resentPossiblyPersisted = 0

    /// A codec of the configuration or of a topic's settings that librdkafka does not use with at least one broker, because of
    /// the versions of Produce that it knows (librdkafka before 2.11.1): batches are then not compressed. The first one found;
    /// the log names each.
    public var droppedCodec: AsyncProducer.Configuration.Batching.Compression?

    /// All zero, for tests of code that looks at one.
    public init() {}

    /// Whether the account adds up. Always true; tests assert it at every fault.
    public var isBalanced: Bool { accepted == succeeded + failed + inFlight }
}
