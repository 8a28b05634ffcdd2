// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// Where reports and dead letters go, as named on the command line.
enum OutputFile {
    /// Opens `path`, or standard output for `-`, on a queue: a named pipe makes wait.
    ///
    /// What a file holds is kept and added to with `isAppended`, else replaced.
    static func open(_ path: String, isAppended: Bool, option: String) async throws(ToolError) -> OutputWriter {
        if path == "-" { return .standardOutput }
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { try openNow(path, isAppended: isAppended) })
            }
        }
        switch result {
        case .success(let writer): return writer
        case .failure(let error):
            let text = "\(printable(path)): cannot be opened for writing: \(reason(of: error)); check \(option)"
            throw ToolError(.outputFailed, text)
        }
    }

    private static func openNow(_ path: String, isAppended: Bool) throws -> OutputWriter {
        let url = URL(fileURLWithPath: path)
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: url, options: .withoutOverwriting) }
        let isFile = try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile ?? false
        let handle = try FileHandle(forWritingTo: url)
        let writer = OutputWriter(handle, name: printable(path), isFile: isFile)
        guard isFile else { return writer }
        if isAppended {
            try handle.seekToEnd()
            // A run that was killed may have left half a line.
            if try !endsWithLineBreak(url) { writer.append([10]) }
        } else {
            try handle.truncate(atOffset: 0)
        }
        return writer
    }

    private static func endsWithLineBreak(_ url: URL) throws -> Bool {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        let end = try handle.seekToEnd()
        if end == 0 { return true }
        try handle.seek(toOffset: end - 1)
        return try handle.read(upToCount: 1) == Data([10])
    }
}
