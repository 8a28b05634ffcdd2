// SPDX-License-Identifier: Apache-2.0

/// Which queue a message belongs into.
extension ProducerState {
    /// Instead of a queue: the topic has no partition of that number.
    static var nowhere: Int { -1 }
    /// Instead of a queue: the topic's own partitioner is to be asked, which must not happen under the lock.
    static var undecided: Int { -2 }

    /// The queue of a message, or one of the negative numbers above.
    @inline(__always)
    mutating func route(_ index: Int, _ partition: Int32?, _ key: Span<UInt8>?, _ choice: PartitionChoice) -> Int {
        if topics[index].isParking { return routeParked(index, choice) }
        let count = topics[index].queues.count
        if let partition { return partition < count ? topics[index].queues[Int(partition)] : Self.nowhere }
        switch topics[index].placement {
        case .hash(let partitioner):
            if let chosen = partitioner.partition(key: key, count: Int32(truncatingIfNeeded: count)) {
                return topics[index].queues[Int(chosen)]
            }
            if !settings.isSticky || !partitioner.mayStick(key: key) {
                return topics[index].queues[Int.random(in: 0..<count)]
            }
            return topics[index].sticky
        case .roundRobin: return takeTurn(index)
        case .custom: return follow(choice, index)
        }
    }

    /// The queue of a message that comes behind others which wait to be placed.
    @inline(never)
    private func routeParked(_ index: Int, _ choice: PartitionChoice) -> Int {
        guard let partition = choice.partition else { return topics[index].parked }
        return topics[index].queues.indices.contains(Int(partition)) ? topics[index].parked : Self.nowhere
    }

    /// Whether a message may go to any partition, and is in this one because others are.
    func isFree(_ key: Span<UInt8>?, _ topic: Int, _ queue: Int, _ choice: PartitionChoice) -> Bool {
        guard queue == topics[topic].sticky, settings.isSticky else { return false }
        switch topics[topic].placement {
        case .hash(let partitioner):
            let count = Int32(truncatingIfNeeded: topics[topic].queues.count)
            return partitioner.mayStick(key: key) && partitioner.partition(key: key, count: count) == nil
        case .roundRobin: return false
        case .custom: return choice == .free
        }
    }

    // MARK: Each in turn

    private mutating func takeTurn(_ index: Int) -> Int {
        let turn = topics[index].turn < topics[index].queues.count ? topics[index].turn : 0
        topics[index].turn = turn + 1
        return topics[index].queues[turn]
    }

    /// The message that was last in turn was not accepted: the next one has its turn.
    mutating func giveTurnBack(_ index: Int, _ partition: Int32?) {
        guard partition == nil, topics[index].placement == .roundRobin, !topics[index].isParking else { return }
        topics[index].turn = max(topics[index].turn - 1, 0)
    }

    // MARK: As the user says

    @inline(never)
    private func follow(_ choice: PartitionChoice, _ index: Int) -> Int {
        let queues = topics[index].queues
        switch choice {
        case .notAsked: return Self.undecided
        case .free: return settings.isSticky ? topics[index].sticky : queues[Int.random(in: 0..<queues.count)]
        case .partition(let partition):
            return queues.indices.contains(Int(partition)) ? queues[Int(partition)] : Self.nowhere
        }
    }

    /// The queue where a message waits until its topic's partitioner has been asked. What comes after it waits behind it.
    mutating func park(_ index: Int) -> Int {
        topics[index].isParking = true
        if !dispatch.choosing.contains(index), !dispatch.unparking.contains(index) { dispatch.unparking.append(index) }
        dispatch.needsWake = true
        return topics[index].parked
    }

    /// Who is to be asked for the partition of a message to this topic, and among how many: nil where nobody is.
    mutating func chooser(of topic: Topic) -> (partitioner: CustomPartitioner, count: Int32)? {
        guard let index = topics.find(topic), topics[index].placement == .custom, !topics[index].isParking,
            let custom = topics[index].custom
        else { return nil }
        return (custom, Int32(truncatingIfNeeded: topics[index].queues.count))
    }

    /// Why a message goes nowhere.
    func noPartition(_ index: Int, _ partition: Int32?, _ choice: PartitionChoice) -> KafkaError {
        guard partition == nil, let chosen = choice.partition else { return .unknownPartition(partition ?? -1) }
        return KafkaError(
            .unknownPartition,
            "the custom partitioner answered \(chosen), and topic \"\(topics[index].name)\" has partitions 0 to "
                + "\(topics[index].queues.count - 1)"
        )
    }
}
