// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The two tasks that read what became of the records.
struct OutcomeReaders: Sendable {
    private let successes: Task<Void, Never>
    private let errors: Task<Void, Never>

    init(_ producer: AsyncProducer, _ ledger: Ledger, measuresLatency: Bool) {
        // The iterators are made here and not in the tasks: a stream that nobody reads yet is not kept in full, and a
        // short input can be over before a task has begun.
        var delivered = producer.successes.batches.makeAsyncIterator()
        var failed = producer.errors.makeAsyncIterator()
        successes = Task {
            while let batch = await delivered.next() { ledger.delivered(batch, measuresLatency: measuresLatency) }
        }
        errors = Task {
            while let error = await failed.next() { ledger.failed(error) }
        }
    }

    /// Waits until both streams have ended: after the last outcome of a closed producer.
    func finish() async {
        await successes.value
        await errors.value
    }
}
