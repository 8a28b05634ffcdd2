// SPDX-License-Identifier: Apache-2.0

internal import KafkaAsyncProducer

extension MockCluster {
    /// librdkafka aborts the process when it cannot open a listener: a number that any descriptor limit allows.
    static let brokerLimit: ClosedRange<Int32> = 1...100

    /// librdkafka aborts the process when it cannot allocate the partitions.
    static let partitionLimit: ClosedRange<Int32> = 1...10_000

    /// Refuses what librdkafka would cut (NUL) or what the protocol cannot carry; the rest of Kafka's rule is for the
    /// clients under test to enforce, so that a test may also create what they would refuse.
    static func validate(topic: String) throws(KafkaError) {
        guard !topic.isEmpty, topic.utf8.count <= 249, !topic.utf8.contains(0) else {
            throw KafkaError(.invalidTopic, "a topic name has 1 to 249 bytes and no NUL")
        }
    }

    static func canFailTopics(_ version: Int32) -> Bool { !(0x0203_0000..<0x020a_0000 ~= version) }

    /// Refuses an error with which the mock cluster of some versions of librdkafka would crash the process.
    static func validate(topicError: KafkaError.Code, version: Int32) throws(KafkaError) {
        guard !canFailTopics(version), topicError != .unknownTopicOrPartition else { return }
        throw KafkaError(
            .invalidConfiguration,
            "the mock cluster of librdkafka 2.3 to 2.9 crashes when a topic has another error than "
                + "unknownTopicOrPartition: use another librdkafka, or failNext"
        )
    }

    /// The mock cluster of librdkafka 2.5 and newer names the leader of a partition in its answers to newer ones, and crashes
    /// the process where there is none.
    static let safeProduceVersions: ClosedRange<Int16> = 0...9

    static func namesLeaders(_ version: Int32) -> Bool { version >= 0x0205_0000 }

    /// Refuses versions of requests with which the mock cluster of some versions of librdkafka would crash the process.
    static func validate(
        _ versions: ClosedRange<Int16>,
        of request: Request,
        version: Int32
    ) throws(KafkaError) {
        guard request == .produce, namesLeaders(version), !safeProduceVersions.contains(versions.upperBound) else {
            return
        }
        throw KafkaError(
            .invalidConfiguration,
            "the mock cluster of librdkafka 2.5 and newer crashes with Produce above version "
                + "\(safeProduceVersions.upperBound) where a partition has no leader: stay below"
        )
    }

    /// Refuses what is not the number of a partition that could exist.
    static func validate(partition: Int32) throws(KafkaError) {
        guard partition >= 0, partition < partitionLimit.upperBound else {
            throw KafkaError(.unknownPartition, "there is no partition \(partition)")
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, from 0 to the largest number that C's `int` holds (24 days).
    var clampedMilliseconds: Int32 {
        guard self > .zero else { return 0 }
        guard self < .milliseconds(Int32.max) else { return .max }
        let (seconds, attoseconds) = components
        let perMillisecond: Int64 = 1_000_000_000_000_000
        return Int32(clamping: seconds * 1000 + (attoseconds + perMillisecond - 1) / perMillisecond)
    }
}
