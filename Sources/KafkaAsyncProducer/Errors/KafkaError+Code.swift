// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

extension KafkaError {
    /// What failed: an error code of the Kafka protocol (positive), of librdkafka (negative, above -1,000) or of this
    /// library (-10,000 and below).
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The number as the protocol and librdkafka define it.
        public let rawValue: Int32

        /// Any code, also one that has no name here.
        public init(rawValue: Int32) { self.rawValue = rawValue }

        // MARK: This library

        /// The configuration was refused; the message names the property and what to write instead.
        public static let invalidConfiguration = Code(rawValue: -10_000)
        /// A topic name that Kafka does not allow.
        public static let invalidTopic = Code(rawValue: -10_001)
        /// A message that Kafka could not store as it is, such as a negative partition or timestamp.
        public static let invalidMessage = Code(rawValue: -10_002)
        /// The producer is closing or closed.
        public static let closed = Code(rawValue: -10_003)
        /// The task was cancelled before the message was accepted.
        public static let cancelled = Code(rawValue: -10_004)
        /// No room within ``AsyncProducer/Configuration/Buffering/admissionDeadline``.
        public static let noRoom = Code(rawValue: -10_005)
        /// The deadline passed; what was waited for goes on.
        public static let deadlineExceeded = Code(rawValue: -10_006)
        /// The process was forked after the producer was made: the child must make its own.
        public static let forked = Code(rawValue: -10_007)
        /// More distinct topics than ``AsyncProducer/Configuration/Buffering/maximumTopics``.
        public static let tooManyTopics = Code(rawValue: -10_008)
        /// The system refused a resource, such as a thread.
        public static let systemResources = Code(rawValue: -10_009)
        /// No broker confirmed it: its request failed or was not answered, and librdkafka did not send it again, because
        /// a later message of the partition was stored. It may be in the log or not: see <doc:Faults>.
        public static let unconfirmed = Code(rawValue: -10_010)
        /// The sequence of messages that was being sent threw an error of its own.
        public static let sequenceFailed = Code(rawValue: -10_011)
        /// The delivery scope has ended, and takes no more messages.
        public static let scopeEnded = Code(rawValue: -10_012)

        // MARK: Transactions

        /// A producer with a ``AsyncProducer/Configuration/transactionalID`` accepts messages in transactions only.
        public static let noTransaction = Code(rawValue: -10_030)
        /// A producer without ``AsyncProducer/Configuration/transactionalID`` has no transactions.
        public static let notTransactional = Code(rawValue: -10_031)
        /// Another transaction of the producer is open.
        public static let transactionInProgress = Code(rawValue: -10_032)
        /// The transaction has ended.
        public static let transactionEnded = Code(rawValue: -10_033)
        /// A consumer group that cannot be: see ``ConsumerGroupMetadata``.
        public static let invalidGroup = Code(rawValue: -10_034)
        /// An offset that a group cannot have: see ``ConsumedOffset``.
        public static let invalidOffset = Code(rawValue: -10_035)
        /// Another producer with the same transactional id has taken over, or the coordinator's time-out of the transaction
        /// was over.
        public static let fenced = Code(rawValue: -144)
        /// Messages of the transaction have failed.
        public static let inconsistent = Code(rawValue: -149)
        /// Not possible in the state that librdkafka is in.
        public static let invalidState = Code(rawValue: -172)
        /// The generation of the consumer group is over.
        public static let illegalGeneration = Code(rawValue: 22)
        /// The coordinator of the consumer group does not know the member.
        public static let unknownMemberID = Code(rawValue: 25)
        /// Not authorized for the consumer group.
        public static let groupAuthorizationFailed = Code(rawValue: 30)
        /// The epoch of the producer is over.
        public static let invalidProducerEpoch = Code(rawValue: 47)
        /// The coordinator refuses the step: the transaction is not where it would have to be.
        public static let invalidTransactionState = Code(rawValue: 48)
        /// The coordinator does not know the transactional id with this producer.
        public static let invalidProducerIDMapping = Code(rawValue: 49)
        /// The broker knows nothing of the producer any more.
        public static let unknownProducerID = Code(rawValue: 59)
        /// ``AsyncProducer/Configuration/transactionTimeout`` is longer than the brokers allow.
        public static let invalidTransactionTimeout = Code(rawValue: 50)
        /// An earlier transaction of the same id is still being ended.
        public static let concurrentTransactions = Code(rawValue: 51)
        /// Not authorized for the transactional id.
        public static let transactionalIDAuthorizationFailed = Code(rawValue: 53)
        /// Another consumer with the same `group.instance.id` has taken over.
        public static let fencedInstanceID = Code(rawValue: 82)
        /// Another producer with the same transactional id has taken over.
        public static let producerFenced = Code(rawValue: 90)

        // MARK: librdkafka

        /// Not delivered within ``AsyncProducer/Configuration/Delivery/timeout``.
        public static let messageTimedOut = Code(rawValue: -192)
        /// Dropped before it was sent: by close, abort, or after a fatal error.
        public static let purgedFromQueue = Code(rawValue: -152)
        /// Dropped while a request with it was under way: by close, abort, or after a fatal error.
        public static let purgedInFlight = Code(rawValue: -151)
        /// The partition does not exist.
        public static let unknownPartition = Code(rawValue: -190)
        /// The topic does not exist, as the client has learnt from the brokers.
        public static let unknownTopic = Code(rawValue: -188)
        /// The connection broke.
        public static let transport = Code(rawValue: -195)
        /// A host name could not be resolved.
        public static let resolve = Code(rawValue: -193)
        /// No answer in time.
        public static let timedOut = Code(rawValue: -185)
        /// Every known broker is down.
        public static let allBrokersDown = Code(rawValue: -187)
        /// The broker refused the credentials.
        public static let authentication = Code(rawValue: -169)
        /// TLS failed.
        public static let tls = Code(rawValue: -181)
        /// The brokers know no such request.
        public static let unsupportedFeature = Code(rawValue: -165)

        // MARK: Kafka

        /// Larger than the client, the topic or the broker allows.
        public static let messageTooLarge = Code(rawValue: 10)
        /// The broker does not know the topic or the partition.
        public static let unknownTopicOrPartition = Code(rawValue: 3)
        /// The partition has no leader just now, or the topic was created a moment ago.
        public static let leaderNotAvailable = Code(rawValue: 5)
        /// The broker is not the leader of the partition any more.
        public static let notLeaderOrFollower = Code(rawValue: 6)
        /// The broker refused the topic's name.
        public static let invalidTopicException = Code(rawValue: 17)
        /// Too few replicas are in sync; nothing was written.
        public static let notEnoughReplicas = Code(rawValue: 19)
        /// Too few replicas were in sync after the message had been written.
        public static let notEnoughReplicasAfterAppend = Code(rawValue: 20)
        /// A topic of this name exists.
        public static let topicAlreadyExists = Code(rawValue: 36)
        /// Not authorized to write to the topic.
        public static let topicAuthorizationFailed = Code(rawValue: 29)
        /// Not authorized on the cluster.
        public static let clusterAuthorizationFailed = Code(rawValue: 31)
        /// A policy of the broker refused the message.
        public static let policyViolation = Code(rawValue: 44)
        /// The broker saw a gap in the sequence numbers of this producer.
        public static let outOfOrderSequenceNumber = Code(rawValue: 45)
        /// The broker's disk failed.
        public static let kafkaStorageError = Code(rawValue: 56)
        /// The record does not pass the broker's validation.
        public static let invalidRecord = Code(rawValue: 87)

        /// Kafka's own name, such as `MESSAGE_TOO_LARGE`; librdkafka's and this library's start with `_`.
        public var name: String {
            if let name = Self.names[rawValue] { return name }
            return ResponseCode(rawValue: rawValue).name
        }

        var isRetriable: Bool { Self.retriable.contains(rawValue) }

        /// Where librdkafka's name differs from Kafka's, and the names of the library's own codes.
        private static let names: [Int32: String] = [
            3: "UNKNOWN_TOPIC_OR_PARTITION", 6: "NOT_LEADER_OR_FOLLOWER", 10: "MESSAGE_TOO_LARGE",
            17: "INVALID_TOPIC_EXCEPTION", 2: "CORRUPT_MESSAGE",
            -10_000: "_INVALID_CONFIGURATION", -10_001: "_INVALID_TOPIC", -10_002: "_INVALID_MESSAGE",
            -10_003: "_CLOSED", -10_004: "_CANCELLED", -10_005: "_NO_ROOM", -10_006: "_DEADLINE_EXCEEDED",
            -10_007: "_FORKED", -10_008: "_TOO_MANY_TOPICS", -10_009: "_SYSTEM_RESOURCES",
            -10_010: "_UNCONFIRMED", -10_011: "_SEQUENCE_FAILED", -10_012: "_SCOPE_ENDED",
            -10_030: "_NO_TRANSACTION",
            -10_031: "_NOT_TRANSACTIONAL",
            -10_032: "_TRANSACTION_IN_PROGRESS", -10_033: "_TRANSACTION_ENDED", -10_034: "_INVALID_GROUP",
            -10_035: "_INVALID_OFFSET", 47: "INVALID_PRODUCER_EPOCH", 48: "INVALID_TXN_STATE",
        ]

        /// Codes after which the very same message may pass later: Kafka's retriable exceptions, and what a client
        /// meets while brokers are away or busy. What somebody dropped by a close or an abort is not among them.
        private static let retriable: Set<Int32> = [
            -195, -193, -192, -187, -185, -10_005, -10_006, -10_010,
            2, 3, 5, 6, 7, 9, 13, 14, 15, 16, 19, 20, 41, 51, 56, 72, 74, 75, 76, 78, 89,
        ]
    }
}

extension KafkaError.Code: CustomStringConvertible {
    /// The name of the code.
    public var description: String { name }
}
