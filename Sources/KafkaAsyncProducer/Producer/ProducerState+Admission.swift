// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A message on its way into a queue.
struct Submission: Sendable {
    var message: ProducerMessage
    /// A number of the sender's, below 2^48.
    var tag: UInt64?
    /// Who awaits the outcome.
    var awaiter: Awaiter?
    /// The delivery scope it is sent through.
    var scope: ScopeHandle?
    /// What the topic's own partitioner has said of it.
    var choice = PartitionChoice.notAsked
    /// The transaction that it is part of; 0 is none.
    var transaction: UInt32 = 0

    /// What its chunk holds for it.
    var receiver: (any AnyObject & Sendable)? { awaiter ?? scope }
}

/// What became of a message that was to be accepted.
enum Admission {
    case accepted
    /// Accepted, and the driver has to be woken for it.
    case acceptedWithWork
    /// It can be written nowhere: it is to be accepted, and fails at once.
    case futile(KafkaError)
    /// The topic's own partitioner is to be asked, outside of the lock, among this many.
    case undecided(CustomPartitioner, Int32)
    /// There is no room, somebody comes first, the topic is new, or nothing is accepted any more.
    case notNow
}

extension ProducerState {
    // MARK: The hot path

    /// Accepts a plain message if there is room in the chunk at hand.
    @inline(__always)
    mutating func admit(
        _ topic: Topic,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        _ choice: PartitionChoice,
        _ transaction: UInt32
    ) -> Admission {
        sendsToLook &-= 1
        guard sendsToLook >= 0, transaction == openTransaction, senders.isEmpty, budget.hasRoom,
            let index = topics.find(topic),
            (key?.count ?? 0) + (value?.count ?? 0) <= budget.largestMessage
        else { return .notNow }
        let queue = route(index, partition, key, choice)
        guard queue >= 0 else { return unrouted(queue, index, partition, choice) }
        if queues[queue].append(key, value, partition ?? choice.field, note) {
            budget.takeMessage()
            ledger.accept(1)
            return .accepted
        }
        return admitSlowly(index, queue, partition, key, value, note, nil, choice, mayOverdraw: false)
    }

    /// A message that has no queue.
    @inline(never)
    private func unrouted(_ route: Int, _ index: Int, _ partition: Int32?, _ choice: PartitionChoice) -> Admission {
        if route == Self.undecided, let custom = topics[index].custom {
            return .undecided(custom, Int32(truncatingIfNeeded: topics[index].queues.count))
        }
        return .futile(noPartition(index, partition, choice))
    }

    /// Accepts a message with more than bytes if there is room in the chunk at hand.
    mutating func admitWithExtras(
        _ message: ProducerMessage,
        _ choice: PartitionChoice,
        _ transaction: UInt32
    ) -> Admission {
        sendsToLook &-= 1
        guard sendsToLook >= 0, transaction == openTransaction, senders.isEmpty, budget.hasRoom,
            let index = topics.find(message.topic)
        else { return .notNow }
        let companions = Companions(message, receiver: nil, choice)
        let overhead = companions.headerSize.overhead
        guard MessageSize.of(message, companions.headerSize) <= budget.maximumBytes, overhead <= budget.chunkRoom else {
            return .notNow
        }
        return withSpan(message.key) { key in
            withSpan(message.value) { value in
                let queue = route(index, message.partition, key, choice)
                guard queue >= 0 else { return unrouted(queue, index, message.partition, choice) }
                if queues[queue].append(key, value, message.partition, message.note, companions) {
                    budget.take(bytes: overhead)
                    budget.takeMessage()
                    ledger.accept(1)
                    return .accepted
                }
                giveTurnBack(index, message.partition)
                return admit(Submission(message: message, choice: choice, transaction: transaction))
            }
        }
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
                var queue = route(index, message.partition, key, submission.choice)
                // It has waited in line since before its topic's partitions were known.
                if queue == Self.undecided { queue = park(index) }
                guard queue >= 0 else {
                    return .futile(noPartition(index, message.partition, submission.choice))
                }
                let note = submission.tag.map { RecordNote.tag($0) } ?? message.note
                return admitSlowly(
                    index,
                    queue,
                    message.partition,
                    key,
                    value,
                    note,
                    message.isPlain && submission.receiver == nil ? nil : submission,
                    submission.choice,
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
        _ choice: PartitionChoice,
        mayOverdraw: Bool
    ) -> Admission {
        let size = (key?.count ?? 0) + (value?.count ?? 0)
        let companions =
            submission.map { Companions($0.message, receiver: $0.receiver, choice) }
            ?? Companions(hasOwnTime: note.hasTimestamp, choice: choice)
        let requestSize = companions.requestSize
        guard mayOverdraw || companions.headerSize.overhead <= budget.chunkRoom else {
            giveTurnBack(topic, partition)
            return .notNow
        }
        // What librdkafka reckons; beyond it, it refuses.
        if size + requestSize + 36 > settings.maximumMessageBytes {
            giveTurnBack(topic, partition)
            return .futile(.messageTooLarge(size + requestSize, settings.maximumMessageBytes))
        }
        let placed = place(topic, queue, partition, key, value, note, companions, nil, ledger.mark, mayOverdraw)
        guard placed.isPlaced else {
            // A full batch was closed for it, which may go; whoever tries again wakes the driver for it.
            if placed.hasWork { dispatch.needsWake = true }
            giveTurnBack(topic, partition)
            return .notNow
        }
        budget.takeMessage()
        ledger.accept(1)
        if let scope = submission?.scope { scopes.accept(scope) }
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
