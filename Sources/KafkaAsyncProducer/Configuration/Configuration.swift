// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// How a producer connects, batches, bounds its memory and closes.
    ///
    /// Everything has a default. What has no property here goes to librdkafka by its own name through
    /// ``librdkafka``, which wins over the properties. ``AsyncProducer/init(_:)`` checks it all and says in words what
    /// is wrong.
    public struct Configuration: Sendable {
        /// Where to ask for the cluster first, each `host:port`. More than one survives the loss of a broker.
        public var bootstrapServers: [String]
        /// How brokers name this client in their logs and quotas: `kafka-async-producer` by default.
        public var clientID = "kafka-async-producer"
        /// When a batch is sent.
        public var batching = Batching()
        /// What counts as delivered, and for how long it is tried.
        public var delivery = Delivery()
        /// Where messages go that name no partition: where Kafka's Java client puts them, by default. Librdkafka's
        /// `partitioner`, whose other values can be given by that name in ``librdkafka``.
        public var partitioning = Partitioning.java
        /// Makes the producer transactional, under this name: see ``AsyncProducer/withTransaction(deadline:_:)``. Nil, the
        /// default, is a producer without transactions. Kafka's `transactional.id`.
        ///
        /// Of the producers with the same id only the latest can go on: each that begins its first transaction fences those
        /// before it. So every running instance of a service needs an id of its own, which it has again after a restart.
        public var transactionalID: String?
        /// For how long a transaction may be open before the coordinator aborts it: a minute by default, and no more than
        /// the brokers' `transaction.max.timeout.ms`, which is 15 minutes. Readers of committed records wait for an open
        /// transaction. Kafka's `transaction.timeout.ms`.
        public var transactionTimeout: Duration = .seconds(60)
        /// How much may be buffered.
        public var buffering = Buffering()
        /// Which outcomes are kept for readers.
        public var returns = Returns()
        /// What happens after a fatal error: by default the producer has come to its end.
        public var recovery = Recovery.none
        /// What counts as stalled.
        public var health = Health()
        /// How connections are secured: not at all by default.
        public var security = Security.plaintext
        /// How the producer closes: within 20 s by default.
        public var shutdown = Shutdown()
        /// librdkafka's own properties by name. Values are checked: librdkafka itself would read `10MB` as 10.
        public var librdkafka: [String: String] = [:]
        /// Names of properties in ``librdkafka`` that load code or run a command line and are wanted all the same:
        /// `plugin.library.paths`, `sasl.kerberos.kinit.cmd`, `ssl.engine.location`, `ssl.providers`.
        public var permittedProperties: Set<String> = []
        /// What ``init(_:)`` left out of its properties, and why, one line each. Logged as ``LogEntry/Level/info``.
        public internal(set) var notes: [String] = []
        /// Where properties were given, by librdkafka's main names, with the value they had: for errors.
        var origins: [String: PropertyOrigin] = [:]
        /// Receives log lines on a thread of the library's own, one at a time; lines that come faster than it returns
        /// are dropped and counted. Without one, warnings and errors go to standard error.
        public var logHandler: (@Sendable (LogEntry) -> Void)?
        /// Librdkafka's own statistics; nil is none.
        public var librdkafkaStatistics: LibrdkafkaStatistics?
        /// What package traits let a program set.
        var integrations = IntegrationValues()

        /// The defaults, for these servers.
        public init(bootstrapServers: [String]) { self.bootstrapServers = bootstrapServers }

        /// When a batch is sent.
        public struct Batching: Sendable, Hashable {
            /// How long a message waits for others to share its batch: 5 ms by default. Kafka's `linger.ms`.
            ///
            /// 1 to 2 ms of it pass inside of librdkafka, unless it is below a millisecond: then a batch is sent as soon as
            /// librdkafka has a part of it, and the rest is another request. At full speed that costs a tenth of the rate.
            ///
            /// One batch of a partition is under way at a time, so while brokers are far or slow batches fill while they wait.
            /// When the wait of one partition is over, what waits for other partitions goes along.
            public var linger: Duration = .milliseconds(5)
            /// The largest batch, in bytes: 1,000,000 by default. Librdkafka's `batch.size`.
            public var maximumBytes = 1_000_000
            /// The most messages in a batch: 8,000 by default. Librdkafka's `batch.num.messages`, whose own default is 10,000.
            ///
            /// A batch of so many leaves at once; one that is full by its bytes waits for librdkafka's millisecond of linger
            /// before that. 8,000 messages of 100 B fit the default of ``maximumBytes``, 10,000 do not.
            public var maximumMessages = 8_000
            /// How batches are compressed: not at all by default. Librdkafka's `compression.codec`.
            public var compression = Compression.none

            /// The default: 5 ms of linger.
            public init() {}

            /// Waits of half a millisecond, smaller batches: for messages that somebody waits for.
            public static var latency: Batching {
                var batching = Batching()
                batching.linger = .microseconds(500)
                return batching
            }

            /// Longer waits, fuller and compressed batches: for bulk.
            public static var throughput: Batching {
                var batching = Batching()
                batching.linger = .milliseconds(50)
                batching.compression = .lz4
                return batching
            }

            /// A codec of Kafka's.
            public enum Compression: String, Codable, Sendable, Hashable, CaseIterable {
                /// No compression.
                case none
                /// Strong and slow.
                case gzip
                /// Fast and weak.
                case snappy
                /// Fast, better than snappy.
                case lz4
                /// Strong and reasonably fast.
                case zstd
            }
        }

        /// What counts as delivered, and for how long it is tried.
        public struct Delivery: Sendable, Hashable {
            /// Who must have stored a message: all in-sync replicas by default. Librdkafka's `acks`.
            public var acks = Acks.all
            /// No duplicates and no reordering by retries. On by default, unlike in librdkafka (`enable.idempotence`): without it a retry can
            /// write a message twice.
            public var idempotence = true
            /// From acceptance to failure with ``KafkaError/Code/messageTimedOut``, within a second, wherever the message
            /// waits: 5 minutes by default, and zero never gives up. Kafka's `delivery.timeout.ms`, librdkafka's
            /// `message.timeout.ms`.
            ///
            /// What had not been handed to librdkafka by then is certainly not written. Of the rest, one batch of a partition
            /// at most, the outcome may be ``ProducerError/Persistence/possiblyPersisted``; the client that has it gives way to
            /// another, so that it is not sent later. See <doc:Internals>.
            public var timeout: Duration = .seconds(300)
            /// The largest message, in bytes: 1,000,000 by default. Librdkafka's `message.max.bytes`.
            public var maximumMessageBytes = 1_000_000
            /// Whether the time of a record without one of its own is always, to the millisecond, that of its acceptance.
            ///
            /// Otherwise a message that is handed to librdkafka within 100 ms may get the time of that; one that waited longer
            /// never does. True costs half of librdkafka's work again.
            public var exactTimestamps = false

            /// The defaults.
            public init() {}

            /// Who must have stored a message.
            public enum Acks: String, Sendable, Hashable, CaseIterable {
                /// Nobody: offsets stay unknown, and a lost message counts as delivered.
                case none = "0"
                /// The partition's leader.
                case leader = "1"
                /// All in-sync replicas.
                case all
            }
        }

        /// How much may be buffered: waiting, in flight, and delivered but not yet read.
        public struct Buffering: Sendable, Hashable {
            /// How many messages: 100,000 by default. `send` waits beyond it.
            public var maximumMessages = 100_000
            /// Bytes of keys, values, headers and 256 per message, counted as the memory they are in; `send` waits beyond it. The default, 32 MiB, gave 1.5 ×
            /// the throughput of librdkafka's own 1 GiB on 10 kB values, at 1/14 of the memory.
            public var maximumBytes = 32 << 20
            /// How long a send waits for room before it throws ``KafkaError/Code/noRoom``; nil, the default, waits for as
            /// long as it takes.
            public var admissionDeadline: Duration?
            /// Distinct topics: 10,000 by default. Librdkafka keeps what it knows of a topic for ever.
            public var maximumTopics = 10_000

            /// The defaults.
            public init() {}
        }

        /// Which outcomes are kept for readers. All are counted.
        public struct Returns: Sendable, Hashable {
            /// What happens to delivered messages: ``Successes/automatic`` by default.
            public var successes = Successes.automatic
            /// Failed messages that wait for a reader or for `close`: 100,000 by default. Beyond it, or beyond
            /// ``Buffering/maximumBytes`` of them, the oldest are dropped and counted by cause.
            public var maximumErrors = 100_000

            /// The defaults.
            public init() {}

            /// What happens to delivered messages.
            public enum Successes: Sendable, Hashable {
                /// All are kept while there is room. While somebody reads, a slow reader slows `send`. While nobody does, the
                /// first send that finds no room waits up to a second for a reader, then the oldest are let go: a program
                /// that starts its reading task before its first send misses nothing, and one that never reads goes on.
                case automatic
                /// All are kept: without a reader `send` waits once the budget is used up.
                case always
                /// None is kept; they are counted.
                case never
            }
        }

        /// How the producer closes.
        public struct Shutdown: Sendable, Hashable {
            /// How long `close` lets messages be delivered before it drops the rest: 20 s by default. Much less than
            /// ``Delivery/timeout``: Kubernetes kills a process 30 s after it asked it to end, and what was dropped takes
            /// a moment to be accounted for.
            public var deadline: Duration = .seconds(20)

            /// The defaults.
            public init() {}
        }
    }
}

extension AsyncProducer.Configuration: CustomStringConvertible, CustomReflectable {
    /// The properties as librdkafka gets them, secrets left out.
    public var description: String {
        let properties = librdkafkaProperties.map { "\(PropertyName.shown($0.name))=\($0.shownText)" }
        return "Configuration(\(properties.joined(separator: ", ")))"
    }

    /// The properties as librdkafka gets them, secrets left out.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
