// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The two tasks that read what became of the records of one producer.
struct OutcomeReaders: Sendable {
    /// Opens when every failure that has arrived is dealt with.
    let gate: FailureGate
    private let successes: Task<Void, Never>
    private let errors: Task<Void, Never>

    /// Calls `onDelivered` for each batch, and `onHopeless` for a failure that every record will meet.
    ///
    /// A failure that `isRetried` says yes to is none yet. As many bytes of failures as `maximumBytes` are kept.
    init(
        _ producer: AsyncProducer,
        _ ledger: Ledger,
        measuresLatency: Bool,
        maximumBytes: Int,
        recorder: (any OutcomeRecorder)? = nil,
        onDelivered: (@Sendable (SuccessBatch) -> Void)?,
        isRetried: @escaping @Sendable (ProducerError) async -> Bool = { _ in false },
        onHopeless: @escaping @Sendable (ToolError) -> Void
    ) {
        // The iterators are made here and not in the tasks: a stream that nobody reads yet is not kept in full, and a
        // short input can be over before a task has begun.
        var delivered = producer.successes.batches.makeAsyncIterator()
        var failed = producer.errors.makeAsyncIterator()
        let gate = FailureGate(producer, maximumBytes: maximumBytes)
        self.gate = gate
        successes = Task {
            while let batch = await delivered.next() {
                await recorder?.delivered(batch)
                ledger.delivered(batch, measuresLatency: measuresLatency)
                onDelivered?(batch)
            }
        }
        errors = Task {
            while let error = await failed.next() {
                if await !isRetried(error) {
                    await recorder?.failed(error)
                    if !ledger.failed(error), let reason = Self.hopeless(error) { onHopeless(reason) }
                }
                gate.handled()
            }
            gate.openForGood()
        }
    }

    private static func hopeless(_ error: ProducerError) -> ToolError? {
        let topic = printable(error.message.topic.name)
        switch error.error.code {
        case .unknownTopic, .unknownTopicOrPartition:
            return ToolError(.unavailable, "the brokers do not know the topic \(topic); create it, or check -t")
        case .topicAuthorizationFailed, .clusterAuthorizationFailed:
            return ToolError(
                .refused,
                "writing to the topic \(topic) is not allowed; ask for the WRITE permission on it"
            )
        default: return nil
        }
    }

    /// Waits until both streams have ended: after the last outcome of a closed producer.
    func finish() async {
        await successes.value
        await errors.value
    }
}
