// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization

/// Keeps track of which records are done, and writes that down every second.
///
/// Done is what was delivered, is a dead letter, or is empty. What was dropped is not: the next run sends it.
final class Checkpoint: ProgressKeeper {
    private struct State {
        var inputs: [InputProgress]
        /// As they were at the last commit; nil without transactions.
        var committed: [InputProgress]?
        /// What counts for another run.
        var saved: [InputProgress] { committed ?? inputs }
        /// What was written last.
        var written: [CheckpointFile.Input]?
    }

    static let interval = Duration.seconds(1)

    let path: String
    /// Whether it is that of an earlier run, too.
    let goesOn: Bool
    /// Whether only what is committed is done.
    let isTransactional: Bool
    private let topic: String?
    /// The names that are followed.
    private let sources: [String]
    private let format: String
    private let gapLimit: Int
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "kprod.checkpoint")

    /// More gaps than `gapLimit` are failed records that nobody keeps, as no more can be in flight.
    init(
        _ path: String,
        topic: String?,
        format: String,
        inputs: [InputProgress],
        sources: [String] = [],
        gapLimit: Int,
        goesOn: Bool = false,
        isTransactional: Bool = false
    ) {
        self.isTransactional = isTransactional
        self.sources = sources
        self.goesOn = goesOn
        self.path = path
        self.gapLimit = gapLimit
        self.topic = topic
        self.format = format
        state = Mutex(State(inputs: inputs, committed: isTransactional ? inputs : nil))
    }

    /// Where to begin to read an input, and which of its records are done.
    func begin(_ input: Int, canSeek: Bool) -> (start: Position, cursor: ResumeCursor) {
        state.withLock { state in
            guard state.inputs.indices.contains(input) else { return (Position(), ResumeCursor(input: input)) }
            return state.inputs[input].begin(input, canSeek: canSeek)
        }
    }

    /// All of an input was read, so many records.
    func finish(_ input: Int, total: Int) {
        state.withLock { state in
            if state.inputs.indices.contains(input) { state.inputs[input].total = total }
        }
    }

    func earlierFiles(of source: Int) -> [EarlierFile] {
        state.withLock { state in
            state.inputs.indices.compactMap { index in
                let input = state.inputs[index]
                guard input.isFollowed, input.path == sources[source], let file = input.file else { return nil }
                return EarlierFile(input: index, file: file, position: input.progress.position)
            }
        }
    }

    func add(_ file: FileIdentity?, of source: Int, from position: Position) -> Int {
        state.withLock { state in
            var input = InputProgress(sources[source], file)
            input.isFollowed = true
            input.progress = Progress(position: position)
            state.inputs.append(input)
            return state.inputs.count - 1
        }
    }

    func know(_ input: Int, as file: FileIdentity) {
        state.withLock { state in
            if state.inputs.indices.contains(input) { state.inputs[input].file = file }
        }
    }

    func forget(_ input: Int) {
        state.withLock { state in
            if state.inputs.indices.contains(input) { state.inputs[input].total = state.inputs[input].progress.prefix }
        }
    }

    /// A record needs no outcome, or has got it.
    func settle(_ mark: Mark) { settle(CollectionOfOne(mark)) }

    /// Records that were delivered, or are dead letters.
    func settle(_ marks: some Sequence<Mark>) {
        state.withLock { state in
            for mark in marks where state.inputs.indices.contains(mark.input) {
                state.inputs[mark.input].settle(mark)
            }
        }
    }

    /// What has its outcome by now is committed.
    func commit() {
        state.withLock { state in
            if isTransactional { state.committed = state.inputs }
        }
    }

    /// Where it is, as long as something is left to do.
    var unfinishedPath: String? {
        let isComplete = state.withLock { state in
            state.saved.allSatisfy { $0.progress.prefix == $0.total }
        }
        return isComplete ? nil : printable(path)
    }

    /// How many records an earlier run is done with.
    var resumedCount: Int { state.withLock { state in state.inputs.reduce(0) { $0 + $1.resumedCount } } }

    /// Writes the file, if anything has changed, once `before` has made sure of what it relies on.
    func write(after before: () async -> ToolError?) async -> ToolError? {
        // A file that lost its name and was read to its end is of no use to another run.
        let inputs = state.withLock { state in
            state.saved.filter { !$0.isFollowed || !$0.isOver }.map(\.snapshot)
        }
        if state.withLock({ $0.written == inputs }) { return nil }
        if inputs.reduce(0, { $0 + $1.sparse_acked.count }) > gapLimit {
            let text =
                "\(printable(path)): too many records failed to keep track of; add --dead-letter FILE, and --resume"
            return ToolError(.outputFailed, text)
        }
        if let problem = await before() { return problem }
        let file = CheckpointFile(
            topic: topic,
            format: format,
            time: Date.now.formatted(.iso8601),
            inputs: inputs
        )
        let failure: ToolError? = await withCheckedContinuation { continuation in
            queue.async { [path] in
                do {
                    try file.write(to: path)
                    continuation.resume(returning: nil)
                } catch {
                    let text = "\(printable(path)): cannot be written: \(reason(of: error)); check --checkpoint"
                    continuation.resume(returning: ToolError(.outputFailed, text))
                }
            }
        }
        if failure == nil { state.withLock { $0.written = inputs } }
        return failure
    }
}
