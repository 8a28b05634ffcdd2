// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A worker's number, held by a lock on a file, and in the file the first millisecond that no identifier has used.
///
/// The lock keeps workers apart, also those of another process. The file keeps identifiers from coming again after a
/// crash, even when the clock was set back meanwhile.
final class WorkerSlot: Sendable {
    let worker: Int
    /// What the file said when it was opened.
    let start: UInt64
    private let path: String
    private let file: Descriptor

    /// Takes the first number that is free.
    static func acquire(in folder: String) throws(ServerError) -> WorkerSlot {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw .system("make the folder \(folder)", errno) }
        for worker in 0..<IdentifierSource.workerCount {
            if let slot = try WorkerSlot(worker, in: folder) { return slot }
        }
        throw .invalid("all \(IdentifierSource.workerCount) workers of \(folder) are in use")
    }

    /// Nil when somebody else has it.
    private init?(_ worker: Int, in folder: String) throws(ServerError) {
        path = "\(folder)/worker-\(worker)"
        self.worker = worker
        file = try Descriptor(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644), "open \(path)")
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw .system("lock \(path)", errno)
        }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(file.number, &bytes, bytes.count, 0)
        guard count >= 0 else { throw .system("read \(path)", errno) }
        let text = String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let start = text.isEmpty ? 0 : UInt64(text) else {
            // To begin at 0 could make identifiers again: let somebody look.
            throw .invalid("\(path) holds no number: remove it if none of its identifiers is in use")
        }
        self.start = start
    }

    /// Returns when the disk has it: a millisecond or so, on the worker's own thread.
    func store(_ time: UInt64) throws(ServerError) {
        let digits = String(time)
        let line = Array((String(repeating: "0", count: 20 - digits.count) + digits + "\n").utf8)
        guard pwrite(file.number, line, line.count, 0) == line.count, fsync(file.number) == 0 else {
            throw .system("write \(path)", errno)
        }
    }
}
