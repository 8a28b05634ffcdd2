// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What the core decides itself, read out of the properties as the user gave them, under whichever of their names.
struct CoreSettings: Sendable {
    /// How long a message waits in its queue for others, in nanoseconds: the user's linger less that of librdkafka.
    let linger: Int64
    /// The same as the user gave it.
    let userLinger: Int64
    /// What holds for topics without settings of their own.
    let standard: TopicRules
    let acks: AsyncProducer.Configuration.Delivery.Acks
    let compression: AsyncProducer.Configuration.Batching.Compression?
    let isIdempotent: Bool
    /// The user has given up order within a partition, by naming how many requests may be under way.
    let isOrderGivenUp: Bool
    /// The largest message, with the 36 bytes that librdkafka reckons for its format.
    let maximumMessageBytes: Int
    /// The bytes of a batch with what the format adds.
    let requestSize: Int
    /// The most messages of a batch, for librdkafka, too: it sends so many at once, whatever its linger is.
    let batchCount: Int
    /// Batches that librdkafka may have at once of the partitions of one broker: more would only wait for an answer, for
    /// which its thread polls without sleeping.
    let brokerDepth: Int
    /// Whether messages whose partition is free follow each other until a batch is full.
    let isSticky: Bool
    /// How often the partitions of the topics are asked for, in nanoseconds; nil never does.
    let refreshInterval: Int64?
    /// How long a topic may be unknown before its messages fail, in nanoseconds.
    let propagationTime: Int64
    /// Sooner than that after an answer librdkafka sends nothing again, in nanoseconds: newer ones take a fifth off.
    let soonestRetry: Int64
    let keepsExactTimes: Bool
    /// Nil without transactions.
    let transactionalID: String?
    /// In nanoseconds.
    let transactionTimeout: Int64
    private let clientLinger: String

    init(_ configuration: AsyncProducer.Configuration, _ properties: borrowing ClientProperties) throws(KafkaError) {
        func number(_ name: String, _ fallback: Double) -> Double {
            properties.value(of: name).flatMap { Double($0) } ?? fallback
        }
        func isSet(_ names: String...) -> Bool { names.contains { configuration.librdkafka[$0] != nil } }
        let userLinger = number("linger.ms", 5)
        // Below a millisecond librdkafka splits batches, and it rounds its waits up to whole ones, by half of one on average.
        // Who wants less than that gets it, and pieces of batches now and then.
        let isShort = userLinger < 1
        self.userLinger = Int64(userLinger * 1_000_000)
        linger = Int64(isShort ? userLinger * 1_000_000 : max(userLinger - 1.5, 0) * 1_000_000)
        clientLinger = isShort ? "0" : "1"
        let id = properties.value(of: "transactional.id") ?? ""
        transactionalID = id.isEmpty ? nil : id
        let transactionTimeout = number("transaction.timeout.ms", 60_000)
        self.transactionTimeout = Int64(transactionTimeout * 1_000_000)
        var timeout = number("message.timeout.ms", 300_000)
        // Later than that there is no transaction that a message could be part of.
        if !id.isEmpty { timeout = timeout == 0 ? transactionTimeout : min(timeout, transactionTimeout) }
        maximumMessageBytes = Int(number("message.max.bytes", 1_000_000))
        let names = configuration.clientID.utf8.count + 249 + 300
        requestSize = max(1, min(maximumMessageBytes - names, Int(number("batch.size", 1_000_000))))
        batchCount = Int(number("batch.num.messages", 8_000))
        let inFlight = Int(number("max.in.flight.requests.per.connection", 5))
        isIdempotent = properties.value(of: "enable.idempotence") == "true"
        isOrderGivenUp = isSet("max.in.flight", "max.in.flight.requests.per.connection")
        acks = properties.value(of: "acks").flatMap { .init(rawValue: $0) } ?? .all
        compression = properties.value(of: "compression.codec").flatMap { .init(rawValue: $0) }
        standard = TopicRules(
            timeout: timeout == 0 ? nil : Int64(timeout * 1_000_000),
            depth: isOrderGivenUp ? min(inFlight, isIdempotent ? 5 : 64) : acks == .none ? 4 : 1,
            partitioning: try configuration.partitioning(properties),
            linger: linger
        )
        brokerDepth = isIdempotent ? min(inFlight, 5) : inFlight
        isSticky = number("sticky.partitioning.linger.ms", 10) > 0
        let refresh = number("topic.metadata.refresh.interval.ms", 300_000)
        refreshInterval = refresh < 0 ? nil : Int64(max(refresh, 10) * 1_000_000)
        propagationTime = Int64(number("topic.metadata.propagation.max.ms", 30_000) * 1_000_000)
        soonestRetry = Int64(number("retry.backoff.ms", 100) * 800_000)
        keepsExactTimes = configuration.delivery.exactTimestamps
    }

    /// Gives librdkafka the values with which it does what the core wants: every batch is one request, sent at once when it
    /// is full, and nothing expires inside.
    func apply(to properties: inout ClientProperties) {
        for (name, value) in [
            ("linger.ms", clientLinger),
            ("message.timeout.ms", "0"),
            ("batch.num.messages", String(batchCount)),
            ("batch.size", "2147483647"),
        ] { _ = properties.set(name, value) }
    }
}
