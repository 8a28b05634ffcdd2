// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Messages that were sent before their topic's partitions were known, and that a custom partitioner places: it is the
/// user's, so neither the lock nor the driver waits for it.
extension ProducerCore {
    /// Asks a topic's partitioner for all that waits, in order, on a thread that ends with it.
    func choosePartitions(of topic: Int) {
        let choose: @Sendable () -> Void = { [self] in
            while let next = update({ state, effects in state.nextToChoose(topic, &effects) }) {
                let choices = next.choices
                update { state, effects in state.unpark(next, choices, &effects) }
            }
        }
        if !Thread.spawn(named: "kafka-placing", choose) { choose() }
    }
}

/// Messages that wait for the answers of a custom partitioner.
struct Undecided: Sendable {
    let topic: Int
    let name: String
    let batch: Batch
    let custom: CustomPartitioner
    let partitionCount: Int32

    /// What the partitioner says, by the position in the chunk; or has said, of a message that came behind those that wait.
    var choices: [PartitionChoice] {
        var choices = Array(repeating: PartitionChoice.notAsked, count: batch.chunk.count)
        for range in batch.pending {
            for index in range where batch.chunk.partition(at: index) == nil {
                choices[index] = PartitionChoice(field: batch.chunk.partitionField(at: index))
                guard choices[index] == .notAsked else { continue }
                let message = ProducerMessage(copying: batch.chunk, at: index, topic: name)
                choices[index] = PartitionChoice(custom.choose(message, partitionCount))
            }
        }
        return choices
    }
}

extension ProducerState {
    /// What a topic's own partitioner is to be asked for next. nil when nothing waits any more: what is sent from then on is
    /// placed at once. It stays in its queue meanwhile, where its time may run out or an abort may find it.
    mutating func nextToChoose(_ topic: Int, _ effects: inout Effects) -> Undecided? {
        let parked = topics[topic].parked
        queues[parked].close()
        guard let batch = queues[parked].waiting.first, let custom = topics[topic].custom else {
            dispatch.choosing.remove(topic)
            endParking(topic)
            // A flush may wait for what was closed just now.
            effects.wakesDriver = true
            return nil
        }
        return Undecided(
            topic: topic,
            name: topics[topic].name,
            batch: batch,
            custom: custom,
            partitionCount: Int32(truncatingIfNeeded: topics[topic].queues.count)
        )
    }

    /// Moves messages where they were to go, as far as they still wait.
    mutating func unpark(_ undecided: Undecided, _ choices: [PartitionChoice], _ effects: inout Effects) {
        let parked = topics[undecided.topic].parked
        guard queues[parked].waiting.first?.chunk === undecided.batch.chunk,
            let batch = queues[parked].waiting.popFirst()
        else { return }
        var drops: [Drop] = []
        unpark(batch, undecided.topic, &drops) { choices[$0] }
        dispatch.aborted += drops
        effects.wakesDriver = true
    }
}
