// SPDX-License-Identifier: Apache-2.0

/// What a checkpoint knows of one input.
struct InputProgress: Sendable {
    /// As on the command line; `-` is standard input.
    let path: String
    var file: FileIdentity?
    var progress: Progress
    /// How many records there are, once all of it was read.
    var total: Int?
    /// Whether it is one of the files that had a name that is followed.
    var isFollowed = false
    /// Whether nothing more will come of it.
    var isOver: Bool { total != nil && progress.prefix == total }
    /// Runs behind the prefix that an earlier run was done with; the reader has yet to come by some of them.
    let resumed: [Progress.Run]
    let resumedCount: Int

    /// The last record, if it ended only because the input did.
    private(set) var open: CheckpointFile.OpenRecord?
    /// The same of the earlier run, if there may be more of it now.
    private var known: CheckpointFile.OpenRecord?

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
        let runs = earlier.sparse_acked.compactMap { run in
            run.count == 2 ? Progress.Run(first: run[0], last: run[1]) : nil
        }
        resumedCount = runs.reduce(earlier.acked_records) { $0 + $1.last - $1.first + 1 }
        progress = Progress(
            prefix: earlier.acked_records,
            position: Position(byte: earlier.acked_bytes, line: earlier.line)
        )
        open = earlier.open_record
        guard let last = earlier.open_record, file.map({ $0.size > UInt64(clamping: last.end) }) ?? true else {
            resumed = runs
            return
        }
        // There may be more of it now, and then it is another record: to be looked at.
        known = last
        if last.number == earlier.acked_records {
            progress = Progress(prefix: last.number - 1, position: Position(byte: last.begin, line: last.line))
        }
        resumed = runs.compactMap { run in
            if run.last != last.number { return run }
            return run.first < run.last ? Progress.Run(first: run.first, last: run.last - 1) : nil
        }
    }

    /// Where to begin to read, and which records are done.
    mutating func begin(_ input: Int, canSeek: Bool) -> (start: Position, cursor: ResumeCursor) {
        let canSeek = canSeek && file != nil
        total = nil
        let cursor = ResumeCursor(
            input: input,
            from: canSeek ? progress.prefix : 0,
            prefix: progress.prefix,
            runs: resumed,
            open: known.map { ($0.number, $0.end) }
        )
        return (canSeek ? progress.position : Position(), cursor)
    }

    /// A record is done.
    mutating func settle(_ mark: Mark) {
        progress.finish(mark.number, endingAt: mark.end)
        if let begin = mark.open {
            open = .init(number: mark.number, begin: begin.byte, line: begin.line, end: mark.end.byte)
        } else if open?.number == mark.number {
            open = nil
        }
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
            records: total,
            open_record: open
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
