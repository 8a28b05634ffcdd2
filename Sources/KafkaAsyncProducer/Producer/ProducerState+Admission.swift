// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A message on its way into a queue.
struct Submission: Sendable {
    let message: ProducerMessage
    /// A number of the sender's, below 2^48.
    var tag: UInt64?
    /// Who awaits the outcome.
    var awaiter: Awaiter?
    /// The transaction that it is part of; 0 is none.
    var transaction: UInt32 = 0
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
    // MARK: The hot path

    /// Accepts a message without attachments if there is room in the chunk at hand.
    @inline(__always)
    mutating func admit(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        _ transaction: UInt32
    ) -> Admission {
        sendsToLook &-= 1
        guard sendsToLook >= 0, transaction == openTransaction, senders.isEmpty, budget.hasRoom,
            let index = topics.find(topic),
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
    mutating func admit(
        _ message: ProducerMessage,
        _ attachments: MessageAttachments,
        _ transaction: UInt32
    ) -> Admission {
        sendsToLook &-= 1
        guard sendsToLook >= 0, transaction == openTransaction, senders.isEmpty, budget.hasRoom,
            let index = topics.find(message.topic),
            MessageSize.of(message) <= budget.maximumBytes, attachments.headerSize <= budget.chunkRoom
        else { return .notNow }
        return withSpan(message.key) { key in
            withSpan(message.value) { value in
                let queue = route(index, message.partition, key)
                if queue >= 0,
                    queues[queue].writer.append(
                        key: key,
                        value: value,
                        headerSize: attachments.requestSize,
                        partition: message.partition ?? -1,
                        note: .extras(at: queues[queue].extrasCount)
                    )
                {
                    addExtras(attachments, to: queue)
                    budget.takeMessage()
                    ledger.accept(1)
                    return .accepted
                }
                return admit(Submission(message: message, transaction: transaction))
            }
        }
    }

    /// Whether a message may go to any partition, and is in this one because others are.
    func isFree(_ key: Span<UInt8>?, _ topic: Int, _ queue: Int) -> Bool {
        let count = Int32(truncatingIfNeeded: topics[topic].queues.count)
        return queue == topics[topic].sticky && settings.isSticky && settings.partitioner.mayStick(key: key)
            && settings.partitioner.partition(key: key, count: count) == nil
    }

    // MARK: The other paths

    /// Accepts any message if there is room, whoever waits.
    mutating func admit(_ submission: Submission, mayOverdraw: Bool = false) -> Admission {
        let message = submission.message
        // One that never fits is refused where there is time to say why.
        guard submission.transaction == openTransaction, mayOverdraw || budget.hasRoom,
            let index = topics.find(message.topic),
            (MessageSize.of(message) + 3) & ~3 <= budget.maximumBytes
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
        guard placed.isPlaced else {
            // A full batch was closed for it, which may go; whoever tries again wakes the driver for it.
            if placed.hasWork { dispatch.needsWake = true }
            return .notNow
        }
        budget.takeMessage()
        ledger.accept(1)
        return placed.hasWork ? .acceptedWithWork : .accepted
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
