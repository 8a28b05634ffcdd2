// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A client of librdkafka and what it has of ours. Used by the driver's thread only.
final class Session {
    /// A batch that librdkafka has.
    struct Inside {
        var batch: Batch
        let work: Work
        /// Messages that it has not reported.
        var unreported: Int
        /// The messages had times of their own.
        let keepsTimes: Bool
        let handedOver: Int64
        /// How many produce requests had been sent to the brokers of the partition.
        let requests: Int
        /// What goes to the next client: it was certainly not sent, or may go again whatever became of it.
        var unsent: [Range<Int>] = []
        /// Some of that may be stored.
        var mayBeStored = false

        /// Whether its messages have had their outcome, or are out of time.
        func isOver(at now: Int64) -> Bool {
            batch.isEmpty || work.timeout.map { batch.oldest + $0 <= now } == true
        }
    }

    /// Where a client stands that gets nothing any more.
    enum Phase: Equatable {
        case active
        /// What healthy brokers have under way may come back until then.
        case settling(until: Int64)
        /// What was not sent was dropped; its reports may come until then.
        case purgingQueue(until: Int64)
        case purgingAll(until: Int64)
        case over
    }

    let client: Client
    var phase = Phase.active
    /// What was certainly not sent goes back to its queue; else it is dropped.
    var returnsUnsent = false
    /// Why it takes nothing any more, where that is so.
    var fatalError: KafkaError?
    /// What it has was dropped.
    private(set) var isPurged = false
    private(set) var inside: [Inside?] = []
    private var free: [UInt32] = []
    private(set) var count = 0
    private var handles: [Int: TopicHandle] = [:]

    init(_ client: Client) { self.client = client }

    func purge(_ what: Client.Purge) {
        isPurged = true
        client.purge(what)
    }

    /// The handle of a topic, by its place in the table of topics.
    func handle(of topic: Int, _ core: ProducerCore) -> Result<TopicHandle, Client.CreationError> {
        if let handle = handles[topic] { return .success(handle) }
        let (name, properties) = core.withState { ($0.topics[topic].name, $0.topics[topic].rules.properties) }
        do {
            let handle = try client.topic(name, properties)
            handles[topic] = handle
            return .success(handle)
        } catch {
            return .failure(error)
        }
    }

    /// The slot of a batch that is about to be handed over.
    func insert(_ entry: Inside) -> UInt32 {
        count += 1
        if let slot = free.popLast() {
            inside[Int(slot)] = entry
            return slot
        }
        inside.append(entry)
        return UInt32(inside.count - 1)
    }

    func update<Result>(_ slot: UInt32, _ change: (inout Inside) -> Result) -> Result? {
        guard inside.indices.contains(Int(slot)), var entry = inside[Int(slot)] else { return nil }
        // Taken out for the time of the change: it must not be copied.
        inside[Int(slot)] = nil
        defer { inside[Int(slot)] = entry }
        return change(&entry)
    }

    /// Takes a batch out that has been reported whole, or is not waited for any more.
    func remove(_ slot: UInt32) -> Inside? {
        guard inside.indices.contains(Int(slot)), let entry = inside[Int(slot)] else { return nil }
        inside[Int(slot)] = nil
        free.append(slot)
        count -= 1
        return entry
    }

    var slots: [UInt32] { inside.indices.filter { inside[$0] != nil }.map { UInt32($0) } }

    /// How many requests can have carried messages of a batch since it was handed over.
    func requests(since entry: Inside) -> Int { client.requests.total(entry.work.replicas) - entry.requests }

    func keepsTimes(_ slot: UInt32) -> Bool {
        inside.indices.contains(Int(slot)) && inside[Int(slot)]?.keepsTimes == true
    }
}
