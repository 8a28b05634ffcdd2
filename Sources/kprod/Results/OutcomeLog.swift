// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Writes down what became of each record, for those who asked.
///
/// Whoever tells it of an outcome waits until there is room for more, so that what waits to be written stays bounded.
struct OutcomeLog: OutcomeRecorder {
    var report: Report?
    var deadLetters: DeadLetters?
    var checkpoint: Checkpoint?
    /// Whether the records of a transaction that is aborted are sent again, all of them.
    var isTransactional = false

    /// What is written to, to be started and closed with the run.
    var outputs: [OutputWriter] { [report?.writer, deadLetters?.writer].compactMap { $0 } }

    var keepsInput: Bool { deadLetters != nil }

    func delivered(_ batch: SuccessBatch) async {
        if let report, report.scope == .all {
            report.add(
                batch.lazy.compactMap { message in
                    (message.metadata as? Origin).map { Outcome(message, $0) }
                }
            )
            await report.writer.waitForRoom()
        }
        checkpoint?.settle(batch.lazy.compactMap { ($0.metadata as? Origin)?.mark })
    }

    func failed(_ error: ProducerError) async {
        guard let origin = error.message.metadata as? Origin else { return }
        let outcome = Outcome(error, origin)
        report?.add(CollectionOfOne(outcome))
        // What was dropped is sent by the run that goes on, or with the rest of its transaction.
        if checkpoint == nil && !isTransactional || outcome.status != .undelivered {
            deadLetters?.add(error, origin)
            settle(origin)
        }
        await waitForRoom()
    }

    func refused(_ error: KafkaError, _ origin: Origin, isLetter: Bool) async {
        report?.add(CollectionOfOne(Outcome(error, origin)))
        if isLetter, let letter = origin.raw { deadLetters?.pass(letter) } else { deadLetters?.add(error, origin) }
        settle(origin)
        await waitForRoom()
    }

    /// Writes the checkpoint, once what it relies on is written.
    func saveCheckpoint() async -> ToolError? {
        guard let checkpoint else { return nil }
        return await checkpoint.write {
            // That of the report ends the run by itself.
            if let report, report.writer.isFile { _ = await report.writer.flush() }
            return await deadLetters?.writer.flush()
        }
    }

    /// What is a dead letter is done.
    private func settle(_ origin: Origin) {
        if deadLetters != nil, let mark = origin.mark { checkpoint?.settle(mark) }
    }

    private func waitForRoom() async {
        await report?.writer.waitForRoom()
        await deadLetters?.writer.waitForRoom()
    }
}
