// SPDX-License-Identifier: Apache-2.0

import Foundation

/// By what a file is recognised when a run goes on.
struct FileIdentity: Codable, Equatable, Sendable {
    /// So much of the beginning is digested.
    static let headLimit = 64 << 10

    var dev: UInt64
    var inode: UInt64
    var size: UInt64
    /// How many bytes ``head_digest`` is of.
    var head_bytes: Int
    var head_digest: String

    /// Looks at a file; nil for what is none, such as a pipe: it cannot be read from the middle.
    ///
    /// Blocks: not for a task.
    static func read(_ path: FilePath, head limit: Int = headLimit) throws -> FileIdentity? {
        guard try path.status().isRegular else { return nil }
        let handle = try path.openForReading()
        defer { try? handle.close() }
        return try read(handle, head: limit)
    }

    /// The same of what is open, which is at its beginning then behind its head.
    static func read(_ handle: FileHandle, head limit: Int = headLimit) throws -> FileIdentity? {
        let status = try FilePath.Status(descriptor: handle.fileDescriptor)
        guard status.isRegular else { return nil }
        let head = try handle.read(upToCount: limit) ?? Data()
        return FileIdentity(
            dev: status.identity.device,
            inode: status.identity.inode,
            size: UInt64(status.size),
            head_bytes: head.count,
            head_digest: digest(of: head)
        )
    }

    /// FNV-1a with 64 bits: enough to tell a file from the one that took its number, and nobody is to be kept from
    /// making two alike.
    private static func digest(of bytes: Data) -> String {
        let digest = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(digest, radix: 16)
    }
}
