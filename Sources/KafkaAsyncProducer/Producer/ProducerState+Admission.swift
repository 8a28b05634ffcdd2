// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A message on its way into a queue.
struct Submission: Sendable {
    let message: ProducerMessage
    /// A number of the sender's, below 2^48.
    var tag: UInt64?
    /// Who awaits the outcome.
    var awaiter: Awaiter?
}

/// What became of a message that was to be accepted.
enum Admission {
    case accepted
    /// Accepted, and the driver has to be woken for it.
    case acceptedWithWork
    /// It can be written nowhere: it is to be accepted, and fails at once.
    case futile(KafkaError)
    /// There is no room, somebody comes first, the topic is new, or nothing is accepted any more.
    case notNow
}

extension ProducerState {
    /// What a suspended sender waits for: its message is accepted by whoever makes room, so nobody can overtake it.
    struct Sender {
        let submission: Submission
        /// The task, if it can be told.
        let task: Int?
        let continuation: CheckedContinuation<Result<Void, KafkaError>, Never>
    }

    // MARK: The hot path

    /// Accepts a message without attachments if there is room in the chunk at hand.
    @inline(__always)
    mutating func admit(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote
    ) -> Admission {
        sendsToLook &-= 1
        guard sendsToLook >= 0, isOpen, senders.isEmpty, budget.hasRoom, let index = topics.find(topic),
            (key?.count ?? 0) + (value?.count ?? 0) <= budget.largestMessage
        else { return .notNow }
        let queue = route(index, partition, key)
        guard queue >= 0 else { return .futile(.unknownPartition(partition ?? -1)) }
        if queues[queue].writer.append(key: key, value: value, partition: partition ?? -1, note: note) {
            budget.takeMessage()
            ledger.accept(1)
            return .accepted
        }
        return admitSlowly(index, queue, partition, key, value, note, nil, mayOverdraw: false)
    }

    /// The queue of a message, or -1 when it names a partition that the topic does not have.
    @inline(__always)
    mutating func route(_ index: Int, _ partition: Int32?, _ key: Span<UInt8>?) -> Int {
        if topics[index].isParking { return topics[index].parked }
        let count = topics[index].queues.count
        if let partition { return partition < count ? topics[index].queues[Int(partition)] : -1 }
        if let chosen = settings.partitioner.partition(key: key, count: Int32(truncatingIfNeeded: count)) {
            return topics[index].queues[Int(chosen)]
        }
        if !settings.isSticky || !settings.partitioner.mayStick(key: key) {
            return topics[index].queues[Int.random(in: 0..<count)]
        }
        return topics[index].sticky
    }

    /// Accepts a message with attachments if there is room in the chunk at hand.
    mutating func admit(_ message: ProducerMessage, _ attachments: MessageAttachments) -> Admission {
        sendsToLook &-= 1
        guard sendsToLook >= 0, isOpen, senders.isEmpty, budget.hasRoom, let index = topics.find(message.topic),
            MessageSize.of(message) <= budget.maximumBytes, attachments.headerSize <= budget.chunkRoom
        else { return .notNow }
        return withSpan(message.key) { key in
            withSpan(message.value) { value in
                let queue = route(index, message.partition, key)
                if queue >= 0, let open = queues[queue].open,
                    queues[queue].writer.append(
                        key: key,
                        value: value,
                        headerSize: attachments.requestSize,
                        partition: message.partition ?? -1,
                        note: .extras(at: open.extrasCount)
                    )
                {
                    addExtras(attachments, to: queue)
                    budget.takeMessage()
                    ledger.accept(1)
                    return .accepted
                }
                return admit(Submission(message: message))
            }
        }
    }

    /// Whether a message may go to any partition, and is in this one because others are.
    private func isFree(_ key: Span<UInt8>?, _ topic: Int, _ queue: Int) -> Bool {
        let count = Int32(truncatingIfNeeded: topics[topic].queues.count)
        return queue == topics[topic].sticky && settings.isSticky && settings.partitioner.mayStick(key: key)
            && settings.partitioner.partition(key: key, count: count) == nil
    }

    // MARK: The other paths

    /// Accepts any message if there is room, whoever waits.
    mutating func admit(_ submission: Submission, mayOverdraw: Bool = false) -> Admission {
        let message = submission.message
        // One that never fits is refused where there is time to say why.
        guard isOpen, mayOverdraw || budget.hasRoom, let index = topics.find(message.topic),
            MessageSize.of(message) <= budget.maximumBytes
        else { return .notNow }
        return withSpan(message.key) { key in
            withSpan(message.value) { value in
                let queue = route(index, message.partition, key)
                guard queue >= 0 else {
                    return .futile(.unknownPartition(message.partition ?? -1))
                }
                let note = submission.tag.map { RecordNote.tag($0) } ?? .none
                return admitSlowly(
                    index,
                    queue,
                    message.partition,
                    key,
                    value,
                    note,
                    message.attachments == nil && submission.awaiter == nil ? nil : submission,
                    mayOverdraw: mayOverdraw
                )
            }
        }
    }

    @inline(never)
    private mutating func admitSlowly(
        _ topic: Int,
        _ queue: Int,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        _ submission: Submission?,
        mayOverdraw: Bool
    ) -> Admission {
        let attachments = submission?.message.attachments
        let size = (key?.count ?? 0) + (value?.count ?? 0)
        let headerSize = attachments?.requestSize ?? 0
        let extraBytes = attachments?.headerSize ?? 0
        guard mayOverdraw || extraBytes <= budget.chunkRoom else { return .notNow }
        // What librdkafka reckons; beyond it, it refuses.
        if size + headerSize + 36 > settings.maximumMessageBytes {
            return .futile(.messageTooLarge(size + headerSize, settings.maximumMessageBytes))
        }
        let companions = Companions(attachments: attachments, awaiter: submission?.awaiter, headerSize: headerSize)
        let placed = place(topic, queue, partition, key, value, note, companions, nil, ledger.mark, mayOverdraw)
        guard placed.isPlaced else { return .notNow }
        budget.takeMessage()
        ledger.accept(1)
        return placed.hasWork ? .acceptedWithWork : .accepted
    }

    /// What goes with the bytes of a message.
    struct Companions {
        var attachments: MessageAttachments?
        var awaiter: Awaiter?
        var headerSize = 0
    }

    /// Writes a message into a chunk, and makes room for it there first if needed.
    ///
    /// - Parameters:
    ///   - accepted: When it was accepted, if not now.
    ///   - mark: The ledger's mark that goes with it.
    mutating func place(
        _ topic: Int,
        _ queue: Int,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        _ companions: Companions,
        _ accepted: Int64?,
        _ mark: UInt8,
        _ mayOverdraw: Bool
    ) -> (isPlaced: Bool, hasWork: Bool) {
        var (queue, hasWork) = (queue, false)
        // Free to go anywhere, it leaves for another partition when the batch here is full.
        var mayMove = partition == nil && !queues[queue].isParked && isFree(key, topic, queue)
        let size = (key?.count ?? 0) + (value?.count ?? 0)
        while true {
            if let open = queues[queue].open {
                if queues[queue].mark != mark || accepted.map({ $0 < open.opened }) == true {
                    queues[queue].close()
                    hasWork = noteWork(for: queue) || hasWork
                    continue
                }
                var note = companions.attachments == nil ? note : .extras(at: open.extras.count)
                if companions.awaiter != nil { note = note.awaited }
                if let accepted { queues[queue].writer.setTime(accepted) }
                if queues[queue].writer.append(
                    key: key,
                    value: value,
                    headerSize: companions.headerSize,
                    partition: partition ?? -1,
                    note: note
                ) {
                    if let attachments = companions.attachments { addExtras(attachments, to: queue) }
                    if let awaiter = companions.awaiter { queues[queue].setAwaiter(awaiter) }
                    return (true, hasWork)
                }
            }
            let made = makeRoom(
                size,
                companions.headerSize,
                in: &queue,
                of: topic,
                &mayMove,
                (accepted, mark),
                mayOverdraw
            )
            hasWork = hasWork || made.hasWork
            guard made.isRoom else { return (false, hasWork) }
        }
    }

    private mutating func addExtras(_ attachments: MessageAttachments, to queue: Int) {
        queues[queue].setExtras(attachments)
        budget.take(bytes: attachments.headerSize)
    }

    /// Lets the open chunk grow, or closes it and opens another.
    private mutating func makeRoom(
        _ size: Int,
        _ headerSize: Int,
        in queue: inout Int,
        of topic: Int,
        _ mayMove: inout Bool,
        _ origin: (accepted: Int64?, mark: UInt8),
        _ mayOverdraw: Bool
    ) -> (isRoom: Bool, hasWork: Bool) {
        var hasWork = false
        let room = mayOverdraw ? Int.max / 2 : budget.chunkRoom
        let need = size + ChunkWriter.recordSize
        if let open = queues[queue].open {
            let used = queues[queue].writer.used + need
            if queues[queue].writer.fitsRequest(size + headerSize), used <= ChunkSize.largest {
                let larger = ChunkSize.capacity(for: used, atLeast: open.capacity * 2, room: room + open.capacity)
                guard let larger else { return (false, false) }
                budget.take(bytes: larger - open.capacity)
                queues[queue].grow(to: larger)
                return (true, false)
            }
            queues[queue].close()
            hasWork = noteWork(for: queue)
        }
        if mayMove {
            mayMove = false
            queue = leastLoaded(of: topic)
            // Messages with a key may have opened one there: it is filled first.
            if queues[queue].open != nil { return (true, hasWork) }
        }
        // A small budget is not used up by the first chunk.
        let preferred = min(queues[queue].capacity, max(64, budget.maximumBytes / 32))
        guard let capacity = ChunkSize.capacity(for: need, atLeast: preferred, room: room) else {
            return (false, hasWork)
        }
        budget.take(bytes: capacity)
        let chunk = OpenChunk(capacity: capacity, pool: pool, opened: origin.accepted ?? MonotonicClock.now)
        let jumbo = size + headerSize + ChunkWriter.requestOverhead
        queues[queue].begin(chunk, mark: origin.mark, requestSize: max(settings.requestSize, jumbo))
        activate(queue)
        if noteDue(at: chunk.opened + settings.linger) { hasWork = true }
        return (true, hasWork)
    }

    /// A partition other than the last, unless there is no other: in turn, the least busy first.
    private mutating func leastLoaded(of topic: Int) -> Int {
        let ids = topics[topic].queues
        let current = ids.firstIndex(of: topics[topic].sticky) ?? 0
        var best = ids[current]
        var bestLoad = Int.max
        for step in 1...ids.count {
            let id = ids[(current + step) % ids.count]
            let load = queues[id].load + (queues[id].isQuarantined ? 1_000 : 0)
            if load < bestLoad { (best, bestLoad) = (id, load) }
            if load == 0 { break }
        }
        topics[topic].sticky = best
        return best
    }

    mutating func activate(_ queue: Int) {
        guard !queues[queue].isActive else { return }
        queues[queue].isActive = true
        active.append(queue)
    }

    // MARK: Those who wait

    /// Accepts those who waited longest, as far as there is room.
    mutating func admitWaiting(_ effects: inout Effects) {
        while let sender = senders.first {
            var admission = admit(sender.submission)
            if case .notNow = admission {
                guard makeRoomByDiscarding(&effects) else { return }
                admission = admit(sender.submission)
                if case .notNow = admission { continue }
            }
            _ = senders.popFirst()
            finish(sender, admission, &effects)
        }
    }

    /// Accepts a reader that would wait for itself, now that nothing is in flight any more.
    mutating func admitReaders(_ effects: inout Effects) {
        while ledger.inFlight == 0, !senders.isEmpty,
            let sender = senders.removeFirst(where: { successes.isReading($0.task) })
        {
            guard isWithinOverdraft else {
                let error = Self.overdraftError(budget)
                effects.then { sender.continuation.resume(returning: .failure(error)) }
                continue
            }
            finish(sender, admit(sender.submission, mayOverdraw: true), &effects)
        }
    }

    private mutating func finish(_ sender: Sender, _ admission: Admission, _ effects: inout Effects) {
        switch admission {
        case .accepted: break
        case .acceptedWithWork: effects.wakesDriver = true
        case .futile(let error): acceptInVain(sender.submission, error, &effects)
        case .notNow:
            // Its topic is known and there is room: nothing is accepted any more.
            let error = refusal ?? KafkaError(.closed, "the producer was closed")
            effects.then { sender.continuation.resume(returning: .failure(error)) }
            return
        }
        effects.then { sender.continuation.resume(returning: .success(())) }
    }

    /// Accepts a message that can be written nowhere: that is its outcome.
    mutating func acceptInVain(_ submission: Submission, _ error: KafkaError, _ effects: inout Effects) {
        ledger.accept(1)
        fail(FailedMessage(submission, error, mark: ledger.mark), &effects)
    }

    /// A reader that sends from its loop would wait for itself when unread successes hold all the room: with nothing
    /// in flight only its own next step can give any. It then goes over the budget, by as much again at most.
    func mustNotWait(_ task: Int?) -> Bool { ledger.inFlight == 0 && successes.isReading(task) }

    var isWithinOverdraft: Bool {
        budget.messages < 2 * budget.maximumMessages && budget.bytes < 2 * budget.maximumBytes
    }

    static func overdraftError(_ budget: Budget) -> KafkaError {
        KafkaError(
            .noRoom,
            "a loop over successes sent more in one step than the budget holds twice (\(budget.messages) messages, "
                + "\(budget.bytes) bytes are buffered): only its next step could make room"
        )
    }

    /// Refuses everybody who waits.
    mutating func refuseWaiting(_ error: KafkaError, _ effects: inout Effects) {
        for sender in senders.removeAll() {
            effects.then { sender.continuation.resume(returning: .failure(error)) }
        }
    }

    /// Discards the oldest successes that nobody reads: they must never stall a send for long.
    mutating func makeRoomByDiscarding(_ effects: inout Effects) -> Bool {
        guard readerWait == .over, successes.mayDiscard, let unread = successes.take() else { return false }
        discard(unread, &effects)
        return true
    }
}

extension KafkaError {
    static func unknownPartition(_ partition: Int32) -> KafkaError {
        KafkaError(.unknownPartition, "the topic has no partition \(partition)")
    }

    static func messageTooLarge(_ size: Int, _ limit: Int) -> KafkaError {
        KafkaError(
            .messageTooLarge,
            "\(size) bytes, and with Kafka's overhead that is more than delivery.maximumMessageBytes, which is \(limit)"
        )
    }
}
