// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer {
    /// How a message that names no partition of its own gets one. See <doc:Partitioning>.
    public struct Partitioning: Sendable {
        /// Chooses the partition of a message.
        ///
        /// It is called exactly once for each message that is accepted, by the task that sends it and before its bytes are
        /// copied; or, for messages that were sent before the topic's partitions were known, on a thread of the library's own,
        /// in their order. One that is then not accepted after all, as its sender was cancelled, may have been asked for. No
        /// lock is held meanwhile: it may look at the producer. Several threads may call it at once.
        ///
        /// - Parameters:
        ///   - message: The message; it names no partition.
        ///   - partitionCount: How many partitions the topic has, at least one: partitions are numbered from 0.
        /// - Returns: The partition, or nil where any will do: such a message follows others until a batch is full. One that
        ///   the topic does not have fails the message with ``KafkaError/Code/unknownPartition``; it goes nowhere else.
        public typealias Choice = @Sendable (_ message: ProducerMessage, _ partitionCount: Int32) -> Int32?

        let placement: Placement
        /// The closure of a custom one.
        let custom: CustomPartitioner?

        init(_ placement: Placement, custom: CustomPartitioner? = nil) {
            self.placement = placement
            self.custom = custom
        }

        /// As Kafka's Java client, franz-go and `kprod` do it, and the default: murmur2 of the key, an empty one included.
        /// Without a key, messages follow each other into a partition until a batch is full.
        public static var java: Partitioning { Partitioning(.hash(.murmur2Random)) }

        /// As librdkafka and kcat do it unless told otherwise, its `consistent_random`: CRC-32 of the key. Without a key, or with
        /// an empty one, as without a key in ``java``.
        public static var librdkafka: Partitioning { Partitioning(.hash(.consistentRandom)) }

        /// As Sarama's hash partitioner does it: FNV-1a of the key, divided as a signed number. Without a key as in ``java``.
        public static var sarama: Partitioning { Partitioning(.hash(.fnv1aRandom)) }

        /// Each message into the next partition, whatever its key, beginning with partition 0.
        public static var roundRobin: Partitioning { Partitioning(.roundRobin) }

        /// As `choose` says, for every message. Should be quick and never wait: it is part of each send.
        public static func custom(_ choose: @escaping Choice) -> Partitioning {
            Partitioning(.custom, custom: CustomPartitioner(choose))
        }
    }
}

extension AsyncProducer.Partitioning {
    /// Where messages with a key go among so many partitions: for programs that have to know it, such as a reader of one key.
    ///
    /// - Parameters:
    ///   - key: nil is none, which is not an empty one.
    ///   - partitionCount: How many partitions the topic has.
    /// - Returns: nil where the key alone does not decide: in turn, by a closure, or anywhere.
    public func partition(of key: [UInt8]?, partitionCount: Int32) -> Int32? {
        guard case .hash(let partitioner) = placement else { return nil }
        return partitioner.partition(key: key?.span, count: partitionCount)
    }
}

extension AsyncProducer.Partitioning: Equatable {
    /// Whether both place every message alike. Two custom ones are equal only if one is a copy of the other.
    public static func == (left: Self, right: Self) -> Bool {
        left.placement == right.placement && left.custom === right.custom
    }
}

extension AsyncProducer.Partitioning: CustomStringConvertible {
    /// librdkafka's name for it, or `round_robin` or `custom`, for which it has none.
    public var description: String {
        switch placement {
        case .hash(let partitioner): partitioner.rawValue
        case .roundRobin: "round_robin"
        case .custom: "custom"
        }
    }

    /// The value of librdkafka's `partitioner`; nil where it has none.
    var librdkafkaName: String? {
        if case .hash(let partitioner) = placement { return partitioner.rawValue }
        return nil
    }

    /// One of librdkafka's by its name there; nil for another.
    init?(librdkafkaName name: String) {
        guard let partitioner = Partitioner(rawValue: name) else { return nil }
        self.init(.hash(partitioner))
    }
}

/// The kind of a partitioning: all of it that the hot path looks at, and no reference.
enum Placement: Sendable, Equatable {
    case hash(Partitioner)
    case roundRobin
    case custom
}

/// A user's closure, whose identity can be compared.
final class CustomPartitioner: Sendable {
    let choose: AsyncProducer.Partitioning.Choice

    init(_ choose: @escaping AsyncProducer.Partitioning.Choice) { self.choose = choose }
}

/// What a custom partitioner has said of a message.
@usableFromInline
enum PartitionChoice: Sendable, Equatable {
    case notAsked
    /// Any partition will do.
    case free
    case partition(Int32)

    init(_ answer: Int32?) { self = answer.map { .partition($0) } ?? .free }

    /// What a record's field for the partition says where its sender named none.
    init(field: Int32) {
        switch field {
        case -1: self = .notAsked
        case -2: self = .free
        default: self = .partition(-3 &- field)
        }
    }

    /// The same to be written, for a partition that the topic has: below zero, as the sender named none.
    var field: Int32 {
        switch self {
        case .notAsked: -1
        case .free: -2
        case .partition(let partition): -3 &- partition
        }
    }

    /// The partition that was named, if any.
    var partition: Int32? {
        if case .partition(let partition) = self { return partition }
        return nil
    }
}
