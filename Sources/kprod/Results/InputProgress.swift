// SPDX-License-Identifier: Apache-2.0

/// What a checkpoint knows of one input.
struct InputProgress: Sendable {
    /// As on the command line; `-` is standard input.
    let path: String
    let file: FileIdentity?
    var progress: Progress
    /// How many records there are, once all of it was read.
    var total: Int?
    /// Runs behind the prefix that an earlier run was done with; the reader has yet to come by some of them.
    let resumed: [Progress.Run]
    let resumedCount: Int

    /// An input from its beginning, or from where an earlier run has come.
    init(_ path: String, _ file: FileIdentity?, from earlier: CheckpointFile.Input? = nil) {
        self.path = path
        self.file = file
        guard let earlier else {
            progress = Progress()
            resumed = []
            resumedCount = 0
            return
        }
        let position = Position(byte: earlier.acked_bytes, line: earlier.line)
        progress = Progress(prefix: earlier.acked_records, position: position)
        resumed = earlier.sparse_acked.compactMap { run in
            run.count == 2 ? Progress.Run(first: run[0], last: run[1]) : nil
        }
        resumedCount = resumed.reduce(earlier.acked_records) { $0 + $1.last - $1.first + 1 }
    }

    /// Where to begin to read, and which records are done.
    mutating func begin(_ input: Int, canSeek: Bool) -> (start: Position, cursor: ResumeCursor) {
        let canSeek = canSeek && file != nil
        total = nil
        var cursor = ResumeCursor(input: input)
        cursor.prefix = progress.prefix
        cursor.runs = resumed[...]
        if canSeek { cursor.number = progress.prefix }
        return (canSeek ? progress.position : Position(), cursor)
    }

    var snapshot: CheckpointFile.Input {
        let known = progress.sparse
        let seen = known.last?.last ?? progress.prefix
        // What the reader has not come by yet is still done.
        let coming = resumed.compactMap { run in
            run.last > seen ? Progress.Run(first: max(run.first, seen + 1), last: run.last) : nil
        }
        return CheckpointFile.Input(
            path: path,
            file: file,
            acked_bytes: progress.position.byte,
            acked_records: progress.prefix,
            line: progress.position.line,
            sparse_acked: Self.joined(known + coming).map { [$0.first, $0.last] },
            records: total
        )
    }

    private static func joined(_ runs: [Progress.Run]) -> [Progress.Run] {
        var joined: [Progress.Run] = []
        for run in runs {
            if let last = joined.last, last.last + 1 == run.first {
                joined[joined.count - 1] = Progress.Run(first: last.first, last: run.last)
            } else {
                joined.append(run)
            }
        }
        return joined
    }
}

/// Numbers the records of one input as they are read, and knows those that an earlier run is done with.
struct ResumeCursor: Sendable {
    let input: Int
    fileprivate(set) var number = 0
    fileprivate var prefix = 0
    fileprivate var runs: ArraySlice<Progress.Run> = []

    init(input: Int) { self.input = input }

    /// What to do about the next record.
    enum Step {
        /// It is new.
        case send(Checkpoint.Mark)
        /// It is done, and known to be.
        case pass
        /// It is done, as the checkpoint has yet to be told.
        case settle(Checkpoint.Mark)
    }

    /// Takes the number of the next record, which ends at `end`.
    mutating func next(endingAt end: Position) -> Step {
        number += 1
        if number <= prefix { return .pass }
        while let run = runs.first, run.last < number { runs.removeFirst() }
        let mark = Checkpoint.Mark(input: input, number: number, end: end)
        if let run = runs.first, run.first <= number { return .settle(mark) }
        return .send(mark)
    }
}
