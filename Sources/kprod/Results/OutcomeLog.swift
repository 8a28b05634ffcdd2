// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Writes down what became of each record, for those who asked.
///
/// The readers of outcomes never wait for a file; the feed does, so that what waits to be written stays bounded.
struct OutcomeLog: Sendable {
    var report: Report?
    var deadLetters: DeadLetters?
    var checkpoint: Checkpoint?

    /// What is written to, to be started and closed with the run.
    var outputs: [OutputWriter] { [report?.writer, deadLetters?.writer].compactMap { $0 } }

    /// Whether records are needed as they were read.
    var keepsRaw: Bool {
        if case .raw = deadLetters?.form { return true }
        return false
    }

    func delivered(_ batch: SuccessBatch) {
        checkpoint?.settle(batch.lazy.compactMap { ($0.metadata as? Origin)?.mark })
        guard let report, report.scope == .all else { return }
        report.add(
            batch.lazy.compactMap { message in
                (message.metadata as? Origin).map { Outcome(message, $0) }
            }
        )
    }

    func failed(_ error: ProducerError) {
        guard let origin = error.message.metadata as? Origin else { return }
        let outcome = Outcome(error, origin)
        report?.add(CollectionOfOne(outcome))
        // What was dropped is sent by the run that goes on.
        if checkpoint != nil && outcome.status == .undelivered { return }
        deadLetters?.add(error, origin)
        settle(origin)
    }

    /// Input that never became a message, or is too long for one; it may be a dead letter already.
    func refused(_ error: KafkaError, _ origin: Origin, letter: [UInt8]? = nil) {
        report?.add(CollectionOfOne(Outcome(error, origin)))
        if let letter { deadLetters?.pass(letter) } else { deadLetters?.add(error, origin) }
        settle(origin)
    }

    /// What is a dead letter is done.
    private func settle(_ origin: Origin) {
        if deadLetters != nil, let mark = origin.mark { checkpoint?.settle(mark) }
    }

    /// Suspends while too much waits to be written.
    func waitForRoom() async {
        await report?.writer.waitForRoom()
        await deadLetters?.writer.waitForRoom()
    }
}
