// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// When brokers are asked about topics. Pure.
struct Inquiry {
    /// A question is under way.
    var isAsking = false
    /// Not before, on the monotonic clock.
    var notBefore: Int64 = 0
    /// When what is known is to be asked for again; the first answer sets it.
    var refreshAt = Int64.max
    /// Topics whose partitions are not known.
    var unknown: Set<Int> = []
    /// Queues whose leader must answer before they get anything.
    var quarantined: Set<Int> = []
    /// Queues whose leader has answered: others of it may go on, once it is known who leads what now.
    var answered: Set<Int> = []
    var isProbing = false
    /// No leader is asked again before, on the monotonic clock.
    var probesNotBefore: Int64 = 0
    /// How often leaders were asked: each time another of their partitions comes first, as one may be gone for good.
    var probes = 0

    /// How soon after an answer the next question may follow.
    static var interval: Int64 { 100_000_000 }

    /// There was nobody to ask.
    mutating func failed(at now: Int64) {
        isAsking = false
        notBefore = now + Self.interval
    }

    /// Asks again soon: something that was known is not true any more.
    mutating func refreshSoon(_ now: Int64) { refreshAt = min(refreshAt, now) }
}

extension ProducerState {
    /// Adds a topic that is not there; its partitions are asked for.
    mutating func insertTopic(_ name: String, _ rules: TopicRules, _ effects: inout Effects) {
        let index = topics.count
        queues.append(PartitionQueue(topic: index, partition: -1))
        topics.insert(name, parked: queues.count - 1, rules)
        dispatch.inquiry.unknown.insert(index)
        effects.wakesDriver = true
    }

    /// The topics to be asked about now, those with known partitions left out; nil when nothing is to be asked. Sets when to
    /// look again.
    mutating func takeInquiry(_ now: Int64, _ wakesAt: inout Int64) -> [String]? {
        guard phase != .closed, !dispatch.inquiry.isAsking else { return nil }
        let waiting = dispatch.inquiry.unknown.filter { topic in
            topics[topic].unknownSince == nil || !queues[topics[topic].parked].isEmpty
        }
        let time = waiting.isEmpty ? dispatch.inquiry.refreshAt : 0
        guard time < .max else { return nil }
        let due = max(time, dispatch.inquiry.notBefore)
        guard due <= now else {
            wakesAt = min(wakesAt, due)
            return nil
        }
        dispatch.inquiry.isAsking = true
        return waiting.map { topics[$0].name }
    }

    /// Learns what a broker answered, or that none did.
    mutating func learn(_ reply: MetadataReply?, at now: Int64, _ drops: inout [Drop]) {
        dispatch.inquiry.failed(at: now)
        guard let reply else { return }
        dispatch.inquiry.refreshAt = settings.refreshInterval.map { now + $0 } ?? .max
        for topic in reply.topics {
            guard let index = topics.index(of: topic.name) else { continue }
            if !topic.code.isError, !topic.partitions.isEmpty {
                learn(topic.partitions, of: index, &drops)
            } else if dispatch.inquiry.unknown.contains(index) {
                learn(topic.code, of: index, now, &drops)
            } else if topic.code.isError {
                // Nobody leads what is not there, or not for us: librdkafka says so of each message.
                for queue in topics[index].queues where queues[queue].isQuarantined { release(queue) }
            }
        }
        if !dispatch.inquiry.answered.isEmpty { releaseWithLeaders() }
    }

    private mutating func learn(_ partitions: [MetadataReply.Partition], of topic: Int, _ drops: inout [Drop]) {
        // As librdkafka counts them: a number beyond it, which no sound broker gives, is none that it would take.
        let count = partitions.count
        let known = topics[topic].queues.count
        for partition in known..<max(count, known) {
            queues.append(PartitionQueue(topic: topic, partition: Int32(partition)))
            topics[topic].queues.append(queues.count - 1)
        }
        for partition in partitions where (0..<count).contains(Int(partition.id)) {
            let queue = topics[topic].queues[Int(partition.id)]
            queues[queue].leader = partition.leader
            queues[queue].replicas = partition.replicas
        }
        if count < known {
            // Made again with fewer: nothing goes elsewhere than it was meant to.
            for queue in topics[topic].queues[count...] {
                let error = KafkaError(.unknownPartition, "the topic has only \(count) partitions now")
                queues[queue].isGone = true
                dispatch.inquiry.quarantined.remove(queue)
                take(all: queue, .refused(error), &drops)
            }
            topics[topic].queues.removeLast(known - count)
        }
        if !topics[topic].queues.contains(topics[topic].sticky) {
            topics[topic].sticky = topics[topic].queues.randomElement() ?? 0
        }
        topics[topic].unknownSince = nil
        if dispatch.inquiry.unknown.remove(topic) != nil { dispatch.unparking.append(topic) }
    }

    /// A topic without partitions: it may have been created a moment ago, or be about to.
    private mutating func learn(_ code: ResponseCode, of topic: Int, _ now: Int64, _ drops: inout [Drop]) {
        let error: KafkaError
        switch KafkaError.Code(rawValue: code.rawValue) {
        case .unknownTopicOrPartition, .unknownTopic, .unknownPartition, .leaderNotAvailable:
            let since = topics[topic].unknownSince ?? now
            topics[topic].unknownSince = since
            guard now - since >= settings.propagationTime else { return }
            error = .unknownTopic
        case _ where code.isError:
            topics[topic].unknownSince = topics[topic].unknownSince ?? now
            error = KafkaError(code)
        default: return
        }
        take(all: topics[topic].parked, .refused(error), &drops)
    }

    // MARK: Messages that waited for the partitions

    /// Moves messages of topics whose partitions are known by now to their queues, a batch of each at a time.
    ///
    /// - Returns: The topics whose own partitioner is to be asked first, see `nextToChoose`.
    mutating func unpark(_ drops: inout [Drop]) -> [Int] {
        if dispatch.unparking.isEmpty { return [] }
        var (unfinished, choosing): ([Int], [Int]) = ([], [])
        for topic in dispatch.unparking {
            let parked = topics[topic].parked
            queues[parked].close()
            if topics[topic].custom != nil, !queues[parked].waiting.isEmpty {
                choosing.append(topic)
                continue
            }
            if let batch = queues[parked].waiting.popFirst() { unpark(batch, topic, &drops) { _ in .notAsked } }
            if queues[parked].waiting.isEmpty { endParking(topic) } else { unfinished.append(topic) }
        }
        dispatch.unparking = unfinished
        dispatch.choosing.formUnion(choosing)
        return choosing
    }

    /// What is sent from now on need not wait behind anything.
    mutating func endParking(_ topic: Int) {
        topics[topic].isParking = false
        // What was accepted before a flush began shares no batch with what comes after.
        for queue in topics[topic].queues where queues[queue].mark != ledger.mark { queues[queue].close() }
    }

    /// Moves the messages of a batch that waited, which is not in its queue any more.
    mutating func unpark(
        _ batch: Batch,
        _ topic: Int,
        _ drops: inout [Drop],
        choice: (Int) -> PartitionChoice
    ) {
        let parked = topics[topic].parked
        let chunk = batch.chunk
        var moved = 0
        topics[topic].isParking = false
        for range in batch.pending {
            for index in range {
                let (partition, choice) = (chunk.partition(at: index), choice(index))
                let isMoved = chunk.withKey(at: index) { key in
                    chunk.withValue(at: index) { value in
                        let queue = route(topic, partition, key, choice)
                        if queue < 0 { return false }
                        let headers = chunk.headers(at: index)
                        let companions = Companions(
                            headers: headers,
                            headerSize: MessageSize.of(headers),
                            hasOwnTime: chunk.ownTimestamp(at: index) != nil,
                            extras: chunk.extras(at: index),
                            receiver: chunk.awaiter(at: index),
                            choice: choice
                        )
                        let note = chunk.note(at: index).alone
                        _ = place(
                            topic,
                            queue,
                            partition,
                            key,
                            value,
                            note,
                            companions,
                            chunk.accepted(at: index),
                            batch.mark,
                            true
                        )
                        budget.takeMessage()
                        return true
                    }
                }
                if isMoved {
                    moved += 1
                } else {
                    let one = Batch(chunk, mark: batch.mark, pending: [index..<index + 1])
                    drops.append(
                        Drop(queue: parked, batch: one, cause: .refused(noPartition(topic, partition, choice)))
                    )
                }
            }
        }
        topics[topic].isParking = true
        budget.giveBack(moved, of: chunk)
    }

    // MARK: Partitions whose leader did not answer

    mutating func quarantine(_ queue: Int) {
        // Of one that is not there any more nobody ever answers.
        guard !queues[queue].isGone else { return }
        queues[queue].isQuarantined = true
        dispatch.inquiry.quarantined.insert(queue)
    }

    /// A partition for each leader that is to be asked whether it answers. Sets when to look again.
    mutating func takeProbes(_ now: Int64, _ wakesAt: inout Int64) -> [(queue: Int, topic: String, partition: Int32)] {
        guard !dispatch.inquiry.isProbing, !dispatch.inquiry.quarantined.isEmpty, phase != .closed else { return [] }
        guard now >= dispatch.inquiry.probesNotBefore else {
            wakesAt = min(wakesAt, dispatch.inquiry.probesNotBefore)
            return []
        }
        dispatch.inquiry.isProbing = true
        dispatch.inquiry.probes &+= 1
        var leaders: Set<Int32> = []
        let sorted = dispatch.inquiry.quarantined.sorted()
        let first = dispatch.inquiry.probes % sorted.count
        return (sorted[first...] + sorted[..<first]).compactMap { queue in
            let leader = queues[queue].leader
            guard leaders.insert(leader).inserted else { return nil }
            return (queue, topics[queues[queue].topic].name, queues[queue].partition)
        }
    }

    /// Lets partitions go on whose leader has answered.
    mutating func release(_ answered: [Int], _ effects: inout Effects) {
        dispatch.inquiry.isProbing = false
        dispatch.inquiry.probesNotBefore = Uptime.now + Inquiry.interval
        for queue in answered { release(queue) }
        // It may be another leader than the one that was known.
        dispatch.inquiry.answered.formUnion(answered)
        if !answered.isEmpty { dispatch.inquiry.refreshSoon(Uptime.now) }
        effects.wakesDriver = true
    }

    private mutating func release(_ queue: Int) {
        queues[queue].isQuarantined = false
        dispatch.inquiry.quarantined.remove(queue)
    }

    /// Lets partitions go on whose leader is, as was just learnt, one that has answered.
    private mutating func releaseWithLeaders() {
        let leaders = Set(dispatch.inquiry.answered.map { queues[$0].leader }.filter { $0 >= 0 })
        dispatch.inquiry.answered = []
        for queue in dispatch.inquiry.quarantined where leaders.contains(queues[queue].leader) { release(queue) }
    }
}

extension KafkaError {
    static var unknownTopic: KafkaError {
        KafkaError(.unknownTopicOrPartition, "the brokers do not know the topic: create it, or check its name")
    }
}
