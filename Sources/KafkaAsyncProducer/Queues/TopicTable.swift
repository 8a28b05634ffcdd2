// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The topics a producer has written to, and where the queues of their partitions are. librdkafka never forgets a topic, so
/// neither does this.
struct TopicTable {
    /// What is known of a topic.
    struct Entry {
        let name: String
        /// The queue of messages that came before the partitions were known.
        let parked: Int
        /// The queues by partition; empty while the partitions are not known.
        var queues: [Int] = []
        let rules: TopicRules
        /// Where messages go whose partition is free.
        var sticky = 0
        /// The next partition where each gets its turn.
        var turn = 0
        /// How messages without a partition of their own are placed: out of the rules, for the hot path.
        let placement: Placement
        /// Messages go to the parked queue: the partitions are not known, or what came before is still being moved.
        var isParking = true
        /// Since when a broker was asked about it in vain, on the monotonic clock.
        var unknownSince: Int64?

        init(name: String, parked: Int, rules: TopicRules) {
            (self.name, self.parked, self.rules) = (name, parked, rules)
            placement = rules.partitioning.placement
        }

        /// Who is asked where messages go, if somebody is.
        var custom: CustomPartitioner? { rules.partitioning.custom }
    }

    private let producer: UInt32
    private(set) var entries: [Entry] = []
    private var indexes: [Topic: Int] = [:]
    /// Most programs send many messages to one topic in turn: that saves hashing the name.
    private var last = Topic("")
    /// Out of range until there is one: the name of none is also what somebody may send to by mistake.
    private var lastIndex = Int.max

    init(producer: UInt32) { self.producer = producer }

    var count: Int { entries.count }

    subscript(index: Int) -> Entry {
        _read { yield entries[index] }
        _modify { yield &entries[index] }
    }

    @inline(__always)
    mutating func find(_ topic: Topic) -> Int? {
        if topic.producer == producer, topic.index < entries.count { return Int(topic.index) }
        if lastIndex < entries.count, last == topic { return lastIndex }
        return look(topic)
    }

    @inline(never)
    private mutating func look(_ topic: Topic) -> Int? {
        guard let index = indexes[topic] else { return nil }
        last = topic
        lastIndex = index
        return index
    }

    /// Adds a topic that is not there.
    mutating func insert(_ name: String, parked: Int, _ rules: TopicRules) {
        indexes[Topic(name)] = entries.count
        entries.append(Entry(name: name, parked: parked, rules: rules))
    }

    func index(of name: String) -> Int? { indexes[Topic(name)] }

    /// The topic as a handle that saves the look-up.
    func resolve(_ name: String) -> Topic? {
        index(of: name).map { Topic(entries[$0].name, index: UInt32($0), producer: producer) }
    }
}
