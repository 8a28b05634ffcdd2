// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What the driver needs to know to choose what librdkafka gets next.
struct Dispatch {
    /// The driver sleeps, or is about to.
    var isAsleep = false
    /// It has to be woken, and whoever found that had no way to do it.
    var needsWake = false
    /// Until when, if nobody wakes it.
    var wakesAt = Int64.max
    /// When the linger of the first of the open chunks ends.
    var due = Int64.max
    /// Where the next look at the queues begins: none is always last.
    var first = 0
    /// Batches that librdkafka has.
    var inside = 0
    var insideByBroker: [Int32: Int] = [:]
    /// How long the batches of a broker take of late, in nanoseconds.
    var durations: [Int32: Int64] = [:]
    /// What others than the driver took out of the queues: an abort, or an answer of the brokers.
    var aborted: [Drop] = []
    /// One client is gone, and the next is not there.
    var hasNoClient = false
    /// Clients that give way to another and have not reported all that they have.
    var givingWay = 0
    /// How often everything was dropped: what was handed over before an abort does not come back after it.
    var aborts = 0
    /// An abort drops what librdkafka has, too.
    var abortsInside = false
    /// Topics whose partitions became known while messages waited for that.
    var unparking: [Int] = []
    /// Those of them whose own partitioner is being asked for messages that waited.
    var choosing: Set<Int> = []
    var inquiry = Inquiry()
}

/// A batch on its way to librdkafka.
struct Work: Sendable {
    let queue: Int
    let topic: Int
    let partition: Int32
    let batch: Batch
    let leader: Int32
    let replicas: [Int32]
    /// From acceptance to the outcome, in nanoseconds; nil waits for ever.
    let timeout: Int64?
    /// `Dispatch.aborts` at that time.
    let aborts: Int
    /// When its first message was accepted, on the monotonic clock.
    let oldest: Int64
}

/// Messages that leave their queue without having been sent.
struct Drop: Sendable {
    enum Cause: Sendable {
        case timedOut
        case aborted
        case closed
        case fatal
        case refused(KafkaError)
    }

    let queue: Int
    let batch: Batch
    let cause: Cause
}

extension ProducerState {
    /// Whether the driver has to be woken for a queue that has a full batch.
    mutating func noteWork(for queue: Int) -> Bool {
        guard dispatch.isAsleep, queues[queue].underWay < topics[queues[queue].topic].rules.depth else { return false }
        dispatch.isAsleep = false
        return true
    }

    /// Whether the driver has to be woken to be there at `time`.
    mutating func noteDue(at time: Int64) -> Bool {
        guard dispatch.isAsleep, time < dispatch.wakesAt else { return false }
        dispatch.isAsleep = false
        return true
    }

    /// How many batches at most are taken at once: reports are served in between.
    private static var maximumWork: Int { 64 }
    /// How often messages that expire one after the other are looked for.
    private static var expiryInterval: Int64 { 50_000_000 }

    /// No chunk is open for much longer: its records count microseconds from its opening, in 32 bits.
    static var longestOpening: Int64 { 60_000_000_000 }

    /// Takes the batches that may go now, and what has expired; returns when to look again.
    mutating func takeWork(_ now: Int64, mayHandOver: Bool, _ work: inout [Work], _ drops: inout [Drop]) -> Int64 {
        var wakesAt = Int64.max
        var mayHandOver = mayHandOver
        if transaction.handsOverAt > now, !active.isEmpty {
            mayHandOver = false
            wakesAt = transaction.handsOverAt
        }
        // Where nothing can come back before something is sent, nobody waits for others to share a batch with.
        // And what one wakes up for takes the others along, which have waited, too: as in Java's client.
        let due = dispatch.due
        dispatch.due = .max
        let liftsLinger =
            due <= now || phase != .accepting || transaction.phase == .completing
            || (!senders.isEmpty && dispatch.inside == 0)
        let count = active.count
        var hasIdle = false
        for step in 0..<count {
            let queue = active[(dispatch.first + step) % count]
            if queues[queue].isGone {
                let error = KafkaError(.unknownPartition, "the topic has this partition no more")
                take(all: queue, .refused(error), &drops)
            }
            wakesAt = min(wakesAt, expire(queue, now, &drops))
            if mayHandOver, !queues[queue].isParked, !queues[queue].isQuarantined {
                while work.count < Self.maximumWork,
                    let item = takeBatch(of: queue, now, liftsLinger, &wakesAt, &drops)
                {
                    work.append(item)
                }
            }
            if queues[queue].isEmpty { hasIdle = true }
        }
        if count > 0 { dispatch.first = (dispatch.first + 1) % count }
        if hasIdle {
            active.removeAll { queue in
                guard queues[queue].isEmpty else { return false }
                queues[queue].isActive = false
                return true
            }
        }
        guard work.count == Self.maximumWork else { return wakesAt }
        dispatch.due = due
        return now
    }

    private mutating func takeBatch(
        of queue: Int,
        _ now: Int64,
        _ liftsLinger: Bool,
        _ wakesAt: inout Int64,
        _ drops: inout [Drop]
    ) -> Work? {
        let leader = queues[queue].leader
        let rules = topics[queues[queue].topic].rules
        while queues[queue].underWay < depth(of: queue), mayHandOver(to: leader) {
            if queues[queue].waiting.isEmpty {
                guard let open = queues[queue].open else { return nil }
                let due = open.opened + settings.linger
                guard liftsLinger || due <= now else {
                    dispatch.due = min(dispatch.due, due)
                    wakesAt = min(wakesAt, due)
                    return nil
                }
                queues[queue].close()
            }
            guard var batch = queues[queue].waiting.popFirst() else { return nil }
            if let timeout = rules.timeout,
                let late = batch.takeAccepted(before: now - timeout + rules.handoverMargin)
            {
                drops.append(Drop(queue: queue, batch: late, cause: .timedOut))
            }
            if batch.isEmpty { continue }
            batch.chunk.isInside = true
            queues[queue].underWay += 1
            queues[queue].underWaySince.append(batch.oldest)
            queues[queue].handedOver = now
            dispatch.inside += 1
            dispatch.insideByBroker[leader, default: 0] += 1
            return Work(
                queue: queue,
                topic: queues[queue].topic,
                partition: queues[queue].partition,
                batch: batch,
                leader: leader,
                replicas: queues[queue].replicas,
                timeout: rules.timeout,
                aborts: dispatch.aborts,
                oldest: batch.oldest
            )
        }
        return nil
    }

    /// While another client still has something of it, nothing may overtake that.
    private func depth(of queue: Int) -> Int {
        queues[queue].isChangingClients ? 0 : topics[queues[queue].topic].rules.depth
    }

    /// A near broker answers before many wait for it.
    private func mayHandOver(to leader: Int32) -> Bool {
        guard leader >= 0, let inside = dispatch.insideByBroker[leader] else { return true }
        let isFar = (dispatch.durations[leader] ?? 0) > Self.farDuration
        return inside < (isFar ? settings.brokerDepth : max(settings.brokerDepth, 32))
    }

    /// From here on the way costs more than the work.
    private static var farDuration: Int64 { 8_000_000 }

    /// Takes out what is too old; returns when to look again.
    private mutating func expire(_ queue: Int, _ now: Int64, _ drops: inout [Drop]) -> Int64 {
        if let open = queues[queue].open, now - open.opened > settings.linger + Self.longestOpening {
            queues[queue].close()
        }
        guard let timeout = topics[queues[queue].topic].rules.timeout else { return .max }
        while true {
            let oldest = queues[queue].waiting.first?.oldest ?? queues[queue].open?.opened ?? .max
            guard oldest < .max, oldest + timeout <= now else {
                return oldest == .max ? .max : max(oldest + timeout, now + Self.expiryInterval)
            }
            if queues[queue].waiting.isEmpty { queues[queue].close() }
            guard var batch = queues[queue].waiting.popFirst() else { return .max }
            if let expired = batch.takeAccepted(before: now - timeout + 1) {
                drops.append(Drop(queue: queue, batch: expired, cause: .timedOut))
            }
            if !batch.isEmpty {
                queues[queue].waiting.prepend(batch)
                return now + Self.expiryInterval
            }
        }
    }

    /// Takes everything that librdkafka does not have.
    mutating func takeAll(_ cause: Drop.Cause, _ drops: inout [Drop]) {
        for queue in active { take(all: queue, cause, &drops) }
    }

    mutating func take(all queue: Int, _ cause: Drop.Cause, _ drops: inout [Drop]) {
        for batch in queues[queue].removeAll() { drops.append(Drop(queue: queue, batch: batch, cause: cause)) }
    }

    /// Ends all open chunks: what comes after does not share their batches, and they are due.
    mutating func closeChunks() {
        for queue in active { queues[queue].close() }
    }

    /// Drops all that has no outcome: what waits now, what librdkafka has when the driver comes to it.
    mutating func abort(_ effects: inout Effects) {
        // Also one whose messages are all delivered: nobody has seen them yet.
        if transaction.isTransactional { return doom(.abortedInTransaction, &effects) }
        guard ledger.inFlight > 0 else { return }
        var drops: [Drop] = []
        takeAll(.aborted, &drops)
        dispatch.aborted += drops
        dispatch.aborts += 1
        if dispatch.inside > 0 { dispatch.abortsInside = true }
        effects.wakesDriver = true
    }

    // MARK: What comes back

    /// A batch that librdkafka has no more.
    struct Return: Sendable {
        let queue: Int
        let leader: Int32
        /// `Dispatch.aborts` when it was taken out of its queue.
        let aborts: Int
        /// When its first message was accepted.
        let oldest: Int64
        /// From the hand-over to the last report.
        let duration: Int64
        /// What was certainly not sent, and goes again.
        let rest: Batch?
        let chunk: Chunk
        /// librdkafka was not waited for: it may look at the chunk until it is gone.
        let isGivenUp: Bool
    }

    mutating func take(_ returned: Return) {
        let queue = returned.queue
        if !returned.isGivenUp { budget.release(returned.chunk) }
        queues[queue].underWay -= 1
        if let index = queues[queue].underWaySince.firstIndex(of: returned.oldest) {
            queues[queue].underWaySince.remove(at: index)
        }
        if queues[queue].underWay == 0 { queues[queue].isChangingClients = false }
        dispatch.inside -= 1
        dispatch.insideByBroker[returned.leader, default: 0] -= 1
        if let rest = returned.rest {
            if returned.aborts < dispatch.aborts {
                dispatch.aborted.append(Drop(queue: queue, batch: rest, cause: .aborted))
            } else {
                queues[queue].putBack(rest)
                activate(queue)
            }
        }
        let previous = dispatch.durations[returned.leader] ?? returned.duration
        dispatch.durations[returned.leader] = (previous * 7 + returned.duration) / 8
    }
}
