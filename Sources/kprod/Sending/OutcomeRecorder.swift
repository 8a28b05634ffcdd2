// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Writes down what became of each record.
///
/// Each call returns when there is room for more: whoever waits for it reads no further outcomes, and holds back the
/// feed.
protocol OutcomeRecorder: Sendable {
    /// Whether records are needed as they were read.
    var keepsInput: Bool { get }

    func delivered(_ batch: SuccessBatch) async
    func failed(_ error: ProducerError) async
    /// Input that never became a message, or is too large for one; it may be a dead letter already.
    func refused(_ error: KafkaError, _ origin: Origin, isLetter: Bool) async
}

/// Keeps track of which records are done, so that another run can go on.
protocol ProgressKeeper: Sendable {
    /// Where to begin to read an input, and which of its records are done.
    func begin(_ input: Int, canSeek: Bool) -> (start: Position, cursor: ResumeCursor)
    /// All of an input was read, so many records.
    func finish(_ input: Int, total: Int)
    /// As of ``RecordTaker``, for files that are followed.
    func earlierFiles(of source: Int) -> [EarlierFile]
    func add(_ file: FileIdentity?, of source: Int, from position: Position) -> Int
    func know(_ input: Int, as file: FileIdentity)
    func forget(_ input: Int)
    /// A record needs no outcome, or has got it.
    func settle(_ mark: Mark)
}

/// Is told of each record while a run goes on, in whatever thread that is known.
protocol RunListener: Sendable {
    func delivered(_ batch: SuccessBatch)
    func failed(_ error: KafkaError)
    /// A record was not even accepted.
    func refused(_ error: KafkaError)
    /// A piece of input is no record.
    func unparsable(_ reason: String)
    func skipped()
    /// Returns when the record in hand has its answer, or when nobody waits any more.
    func waitForAnswer() async
}
