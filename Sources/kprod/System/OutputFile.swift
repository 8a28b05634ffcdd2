// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// Where reports, dead letters and statistics go, as named on the command line.
///
/// Everything is added at the end of a file, whatever other processes do to it meanwhile: add to it, or cut it short.
enum OutputFile {
    /// An output, and whether there is something in it already.
    struct Opened: Sendable {
        let writer: OutputWriter
        let isEmpty: Bool
    }

    /// Opens `path`, or standard output for `-`, on a queue: a named pipe makes wait.
    ///
    /// What a file holds is added to with `isAppended`. Else it is replaced, unless another process is writing there.
    static func open(_ path: String, isAppended: Bool, option: String) async throws(ToolError) -> Opened {
        if path == "-" { return Opened(writer: .standardOutput, isEmpty: true) }
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: Result { try openNow(FilePath(path), isAppended: isAppended) })
            }
        }
        switch result {
        case .success(let opened): return opened
        case .failure(let error):
            let text = "\(printable(path)): cannot be opened for writing: \(reason(of: error)); check \(option)"
            throw ToolError(.outputFailed, text)
        }
    }

    private static func openNow(_ path: FilePath, isAppended: Bool) throws -> Opened {
        let handle = try path.openForAppending()
        let isFile = try FilePath.Status(descriptor: handle.fileDescriptor).isRegular
        let writer = OutputWriter(handle, name: path.name, isFile: isFile)
        guard isFile else { return Opened(writer: writer, isEmpty: true) }
        // Whoever writes to the file holds it, in common with others; who finds it free may empty it.
        if !isAppended, flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 { try handle.truncate(atOffset: 0) }
        _ = flock(handle.fileDescriptor, LOCK_SH)
        let size = try FilePath.Status(descriptor: handle.fileDescriptor).size
        // A run that was killed may have left half a line.
        if size > 0, !endsWithLineBreak(path) { writer.append([10]) }
        return Opened(writer: writer, isEmpty: size == 0)
    }

    /// A file that may be written and not read is taken to be whole.
    private static func endsWithLineBreak(_ path: FilePath) -> Bool {
        guard let handle = try? path.openForReading(), let end = try? handle.seekToEnd(), end > 0 else { return true }
        defer { try? handle.close() }
        guard (try? handle.seek(toOffset: end - 1)) != nil, let last = try? handle.read(upToCount: 1) else {
            return true
        }
        return last == Data([10])
    }
}
