// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// The cluster and the producer of a plan.
struct ModelSetting: Sendable {
    static let missingTopic = "missing"
    /// Well within the time that a life has.
    static let transactionTimeout = Duration.seconds(10)

    /// Whether the producer sends in transactions only.
    let isTransactional: Bool
    let brokers: Int
    let topics: [(name: String, partitions: Int)]
    let acks: AsyncProducer.Configuration.Delivery.Acks
    let isIdempotent: Bool
    let timeout: Duration
    let linger: Duration
    let batch: (messages: Int, bytes: Int)
    let compression: AsyncProducer.Configuration.Batching.Compression
    let buffering: AsyncProducer.Configuration.Buffering
    let returns: AsyncProducer.Configuration.Returns
    let largestMessage: Int
    let largestValue: Int
    let partitioning: AsyncProducer.Partitioning
    let librdkafka: [String: String]

    /// A partitioner as a user may have it: by the last byte of the key, and anywhere without one.
    private static let byLastByte = AsyncProducer.Partitioning.custom { message, count in
        message.key?.array.last.map { Int32($0) % count }
    }

    init(isTransactional: Bool, using random: inout SplitMix64) {
        self.isTransactional = isTransactional
        brokers = random.pick([1, 1, 2, 3])
        topics = [
            ("one", random.pick([1, 1, 2, 4])), ("two", random.pick([1, 3, 12])),
        ]
        isIdempotent = isTransactional || !random.oneIn(6)
        acks = isIdempotent ? .all : random.pick([.all, .leader, .none])
        timeout = random.oneIn(6) ? random.pick([.milliseconds(300), .seconds(1)]) : .seconds(300)
        linger = random.pick([.zero, .microseconds(500), .milliseconds(1), .milliseconds(5), .milliseconds(60)])
        batch = random.pick([(10_000, 1_000_000), (10_000, 1_000_000), (1, 1_000_000), (7, 1_000_000), (100, 2_000)])
        compression = random.oneIn(3) ? random.pick(AsyncProducer.Configuration.Batching.Compression.allCases) : .none
        var buffering = AsyncProducer.Configuration.Buffering()
        buffering.maximumMessages = random.pick([1, 2, 10, 50, 1_000, 100_000])
        buffering.maximumBytes = random.pick([600, 3_000, 40_000, 32 << 20, 32 << 20])
        buffering.admissionDeadline = random.pick([nil, nil, nil, .zero, .milliseconds(5), .milliseconds(50)])
        if random.oneIn(10) { buffering.maximumTopics = random.pick([1, 2]) }
        self.buffering = buffering
        var returns = AsyncProducer.Configuration.Returns()
        returns.successes = random.pick([.automatic, .always, .always, .never])
        returns.maximumErrors = random.pick([1, 10, 100_000, 100_000])
        self.returns = returns
        largestMessage = random.pick(isTransactional ? [20_000, 1_000_000] : [1_000, 20_000, 1_000_000])
        largestValue = random.pick([200, 3_000, 30_000])
        var librdkafka = [
            "retry.backoff.ms": "10", "reconnect.backoff.ms": "10", "reconnect.backoff.max.ms": "20",
            "topic.metadata.propagation.max.ms": "50", "topic.metadata.refresh.fast.interval.ms": "20",
        ]
        if random.oneIn(3) {
            librdkafka["partitioner"] = random.pick(["murmur2_random", "consistent", "random", "fnv1a", "murmur2"])
        }
        if random.oneIn(8) { librdkafka["sticky.partitioning.linger.ms"] = "0" }
        self.librdkafka = librdkafka
        partitioning =
            random.oneIn(2) ? .java : random.pick([.librdkafka, .roundRobin, Self.byLastByte, Self.byLastByte])
    }

    func configuration(_ bootstrapServers: [String]) -> AsyncProducer.Configuration {
        var configuration = AsyncProducer.Configuration(bootstrapServers: bootstrapServers)
        configuration.batching.linger = linger
        configuration.batching.maximumMessages = batch.messages
        configuration.batching.maximumBytes = batch.bytes
        configuration.batching.compression = compression
        configuration.delivery.acks = acks
        configuration.delivery.idempotence = isIdempotent
        if isTransactional {
            configuration.transactionalID = "model"
            configuration.transactionTimeout = Self.transactionTimeout
        }
        configuration.delivery.timeout = timeout
        configuration.delivery.maximumMessageBytes = largestMessage
        configuration.buffering = buffering
        configuration.returns = returns
        configuration.partitioning = partitioning
        configuration.librdkafka = librdkafka
        configuration.logHandler = { _ in }
        return configuration
    }

    var partitions: [String: Int] { Dictionary(uniqueKeysWithValues: topics.map { ($0.name, $0.partitions) }) }

    /// The partitions of a topic that exists.
    func partitions(of topic: String) -> Int? { topics.first { $0.name == topic }?.partitions }

    /// Whether a key alone decides about the partition.
    var isKeyed: Bool { librdkafka["partitioner"].map { $0 != "random" } ?? (partitioning != .roundRobin) }
}

extension ModelSetting: CustomStringConvertible {
    var description: String {
        """
        \(isTransactional ? "transactional, " : "")\(brokers) brokers, \(topics.map { "\($0.name): \($0.partitions)" }.joined(separator: ", ")); acks \(acks), \
        idempotence \(isIdempotent), timeout \(timeout), linger \(linger), batch \(batch), \(compression), \
        largest message \(largestMessage), budget \(buffering.maximumMessages) messages \(buffering.maximumBytes) bytes, \
        admission \(buffering.admissionDeadline.map { "\($0)" } ?? "-"), topics \(buffering.maximumTopics), \
        partitioning \(partitioning), successes \(returns.successes), errors \(returns.maximumErrors), \
        \(librdkafka.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
        """
    }
}
