// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How far a run has come, as it is kept in a file.
struct CheckpointFile: Codable, Equatable, Sendable {
    struct Input: Codable, Equatable, Sendable {
        /// As on the command line; `-` is standard input.
        var path: String
        /// Nil for what cannot be read from the middle.
        var file: FileIdentity?
        /// Behind the last of ``acked_records``: where to read on.
        var acked_bytes: Int
        /// Of the input's first records so many are delivered, dead letters, or empty.
        var acked_records: Int
        /// The line at ``acked_bytes``, from 1.
        var line: Int
        /// Records behind them for which the same holds: the first and the last of each run, counted from 1.
        var sparse_acked: [[Int]]
        /// How many records the input has; nil as long as it was not read to its end.
        var records: Int?
        /// The last record, if nothing but the end of the input ended it; nil as long as it is not done.
        var open_record: OpenRecord?
    }

    /// A record that may go on when its input grows: from which byte to which, and which line.
    struct OpenRecord: Codable, Equatable, Sendable {
        var number: Int
        var begin: Int
        var line: Int
        var end: Int
    }

    /// The version of the format.
    var kprod_checkpoint = 1
    var topic: String?
    /// How the input was cut into records.
    var format: String
    var time: String
    var inputs: [Input]

    /// Whether nothing is left to do.
    var isComplete: Bool { inputs.allSatisfy { $0.acked_records == $0.records } }

    /// Reads the file on a queue; nil when there is none.
    static func read(_ path: String) async throws(ToolError) -> CheckpointFile? {
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(
                    returning: Result { () -> CheckpointFile? in
                        let file = FilePath(path)
                        guard file.exists else { return nil }
                        // What is read of a pipe is gone, and whoever writes to it may never come.
                        guard try file.status().isRegular else { throw ToolError.usage("") }
                        let data = try Data(contentsOf: URL(fileURLWithPath: path))
                        return try JSONDecoder().decode(CheckpointFile.self, from: data)
                    }
                )
            }
        }
        switch result {
        case .success(let file):
            if let file, !file.isSane { throw Self.noCheckpoint(path) }
            return file
        case .failure(is DecodingError), .failure(is ToolError):
            throw Self.noCheckpoint(path)
        case .failure(let error):
            throw ToolError(.noInput, "\(printable(path)): cannot be read: \(reason(of: error)); check --checkpoint")
        }
    }

    /// Replaces the file at once, by renaming a complete one. Blocks: not for a task.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + [10]).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Whether the numbers can be what this tool wrote.
    private var isSane: Bool { kprod_checkpoint == 1 && inputs.allSatisfy(\.isSane) }

    private static func noCheckpoint(_ path: String) -> ToolError {
        ToolError(.noInput, "\(printable(path)): is no checkpoint of kprod; name another file with --checkpoint")
    }
}

extension CheckpointFile.Input {
    /// Far more than any input has, and far from where sums of such numbers overflow.
    fileprivate static let largest = 1 << 53

    fileprivate var isSane: Bool {
        var last = acked_records
        let areRunsInOrder = sparse_acked.allSatisfy { run in
            guard run.count == 2, run[0] > last, run[1] >= run[0], run[1] <= Self.largest else { return false }
            last = run[1]
            return true
        }
        return areRunsInOrder && 0...Self.largest ~= acked_bytes && 0...Self.largest ~= acked_records
            && 1...Self.largest ~= line && 0...FileIdentity.headLimit ~= file?.head_bytes ?? 0
            && open_record?.isSane ?? true
    }
}

extension CheckpointFile.OpenRecord {
    fileprivate var isSane: Bool {
        let largest = CheckpointFile.Input.largest
        return 1...largest ~= number && 0...largest ~= begin && 1...largest ~= line && 0...largest ~= end
            && begin <= end
    }
}
