// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// What is different for one topic: see ``AsyncProducer/topic(_:settings:)``. What is nil is as the configuration has it.
    public struct TopicSettings: Sendable, Equatable {
        /// Who must have stored a message. Anything but `all` needs ``Configuration/Delivery/idempotence`` to be off, which it
        /// is for all topics or for none.
        public var acks: Configuration.Delivery.Acks?
        /// How batches are compressed.
        public var compression: Configuration.Batching.Compression?
        /// From acceptance to failure, as ``Configuration/Delivery/timeout``: within a second, wherever a message waits; zero never
        /// gives up.
        public var timeout: Duration?
        /// Where messages go that name no partition.
        public var partitioning: Partitioning?

        /// Settings; what is left out is as the configuration has it.
        public init(
            acks: Configuration.Delivery.Acks? = nil,
            compression: Configuration.Batching.Compression? = nil,
            timeout: Duration? = nil,
            partitioning: Partitioning? = nil
        ) {
            self.acks = acks
            self.compression = compression
            self.timeout = timeout
            self.partitioning = partitioning
        }
    }

    /// Settles what is different for a topic, and looks it up once as ``topic(_:)`` does.
    ///
    /// The settings are those of the topic in this producer, whether messages name it or come with the handle; they hold from
    /// the beginning and do not change. So it has to be the first that the producer hears of the topic; the same settings may be
    /// given again.
    ///
    /// <!-- snippet: Configuring.topicSend -->
    /// ```swift
    /// let settings = AsyncProducer.TopicSettings(compression: .zstd, timeout: .seconds(3_600))
    /// let audit = try producer.topic("audit", settings: settings)
    /// try await producer.input.send(ProducerMessage(topic: audit, value: "…"))
    /// ```
    ///
    /// - Throws: ``KafkaError/Code/invalidConfiguration`` for a topic that is in use with other settings, for `acks` that do not
    ///   go with idempotence, and for a timeout that is negative, too long, or not longer than the linger; and as ``topic(_:)``.
    public func topic(_ name: String, settings: TopicSettings) throws(KafkaError) -> Topic {
        try core.resolve(name, settings)
    }
}

/// What holds for a topic, and what librdkafka is told about it.
struct TopicRules: Sendable, Equatable {
    /// From acceptance to the outcome, in nanoseconds; nil waits for ever.
    var timeout: Int64?
    /// Batches of a partition that librdkafka may have at once.
    var depth: Int
    var partitioning: AsyncProducer.Partitioning
    /// How long before its time-out a message is not handed over any more, in nanoseconds: it would only get stuck.
    ///
    /// Well after its linger, though: what only waited for others has time.
    let handoverMargin: Int64
    /// What librdkafka has to be told of the topic because it is not as for all: its own properties of topics.
    var properties: [String: String] = [:]

    init(timeout: Int64?, depth: Int, partitioning: AsyncProducer.Partitioning, linger: Int64) {
        (self.timeout, self.depth, self.partitioning) = (timeout, depth, partitioning)
        handoverMargin = timeout.map { min(900_000_000, $0 / 4, ($0 - linger) / 2) } ?? 0
    }
}

extension CoreSettings {
    /// What holds for a topic with settings of its own.
    func rules(_ settings: AsyncProducer.TopicSettings, of topic: String) throws(KafkaError) -> TopicRules {
        func invalid(_ reason: String) -> KafkaError {
            KafkaError(.invalidConfiguration, "settings of topic \"\(printable(topic, limit: 60))\": \(reason)")
        }
        var (timeout, depth) = (standard.timeout, standard.depth)
        if let given = settings.timeout {
            if given < .zero { throw invalid("timeout is \(given): it cannot be negative") }
            if given > .milliseconds(Int32.max) { throw invalid("timeout is \(given): it can be 24 days at most") }
            timeout = given == .zero ? nil : Int64(given.wholeMilliseconds) * 1_000_000
            if let timeout, timeout <= userLinger {
                throw invalid(
                    "timeout is \(given): it must be longer than the linger, \(Duration.nanoseconds(userLinger))"
                )
            }
        }
        // Later than that there is no transaction that a message could be part of.
        if transactionalID != nil { timeout = min(timeout ?? transactionTimeout, transactionTimeout) }
        var properties: [String: String] = [:]
        if let acks = settings.acks, acks != self.acks {
            if isIdempotent {
                throw invalid(
                    "acks = .\(acks) needs delivery.idempotence = false, which is for all topics of a producer"
                )
            }
            properties["acks"] = acks.rawValue
            if !isOrderGivenUp { depth = acks == .none ? 4 : 1 }
        }
        if let compression = settings.compression, compression != self.compression {
            properties["compression.codec"] = compression.rawValue
        }
        var rules = TopicRules(
            timeout: timeout,
            depth: depth,
            partitioning: settings.partitioning ?? standard.partitioning,
            linger: linger
        )
        rules.properties = properties
        return rules
    }
}

extension ProducerCore {
    /// Makes a topic known with settings of its own.
    func resolve(_ name: String, _ settings: AsyncProducer.TopicSettings) throws(KafkaError) -> Topic {
        let rules = try self.settings.rules(settings, of: name)
        try know(Topic(name), rules)
        let (topic, found) = withState { state in
            (state.topics.resolve(name), state.topics.index(of: name).map { state.topics[$0].rules })
        }
        guard let topic, found == rules else {
            throw KafkaError(
                .invalidConfiguration,
                "topic \"\(name)\" is in use with other settings, and they do not change: give them before anything else is "
                    + "done with the topic, once"
            )
        }
        if let codec = settings.compression { log.use(codec) }
        return topic
    }
}
