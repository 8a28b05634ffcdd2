// SPDX-License-Identifier: Apache-2.0

import Foundation

/// By what a file is recognised when a run goes on.
struct FileIdentity: Codable, Equatable, Sendable {
    /// So much of the beginning is hashed.
    static let headLimit = 64 << 10

    var dev: UInt64
    var inode: UInt64
    var size: UInt64
    /// How many bytes ``head_sha256`` is of.
    var head_bytes: Int
    var head_sha256: String

    /// Looks at a file; nil for what is none, such as a pipe: it cannot be read from the middle.
    ///
    /// Blocks: not for a task.
    static func read(_ path: FilePath, head limit: Int = headLimit) throws -> FileIdentity? {
        let status = try path.status()
        guard status.isRegular else { return nil }
        let handle = try path.openForReading()
        defer { try? handle.close() }
        let head = try handle.read(upToCount: limit) ?? Data()
        return FileIdentity(
            dev: status.identity.device,
            inode: status.identity.inode,
            size: UInt64(status.size),
            head_bytes: head.count,
            head_sha256: SHA256.hexadecimal(of: Array(head))
        )
    }
}
