// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A file without a name: one process writes it, another reads it, and it is gone with both, however they end.
final class UnnamedFile: Sendable {
    /// For the process that writes it.
    let writing: FileHandle
    /// For the process that reads it, from its beginning.
    private let reading: Mutex<FileHandle>

    init(_ content: Data = Data()) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "kafka-tool-\(UUID().uuidString)")
        try content.write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        writing = try FileHandle(forWritingTo: path)
        reading = Mutex(try FileHandle(forReadingFrom: path))
    }

    /// The descriptor to read it from once, from the beginning.
    var readingDescriptor: Int32 { reading.withLock { $0.fileDescriptor } }

    /// All there is so far.
    var content: Data {
        reading.withLock { file in
            try? file.seek(toOffset: 0)
            return (try? file.readToEnd()) ?? Data()
        }
    }
}
