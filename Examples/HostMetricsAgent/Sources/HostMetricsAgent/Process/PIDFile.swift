// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The number of this process in a file, locked while it lives: a file that a crash left behind is in nobody's way.
final class PIDFile {
    private let path: String
    private let file: FileHandle

    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw UsageError("cannot open \(path): \(String(cString: strerror(errno)))") }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let other = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
            throw UsageError("another agent runs, process \(other.prefix { $0.isNumber }): \(path) is locked")
        }
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data("\(getpid())\n".utf8))
    }

    /// Removed while it is locked: nobody can have taken it over.
    func remove() { unlink(path) }
}
