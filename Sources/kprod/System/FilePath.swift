// SPDX-License-Identifier: Apache-2.0

import CKprod
import Foundation

/// The name of a file, which may be of any bytes; Foundation knows only those that are text.
struct FilePath: Equatable, Hashable, Sendable {
    /// As on the command line; see ``ArgumentText``.
    let text: String

    init(_ text: String) { self.text = text }

    /// What makes two names the same file.
    struct Identity: Equatable, Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    /// What the system knows of a file.
    struct Status: Sendable {
        let identity: Identity
        let size: Int
        let isRegular: Bool
        let isDirectory: Bool
        /// Pipes, terminals and sockets: what ends only when its writers do.
        let isStream: Bool
        let isPipe: Bool
        let mode: UInt32

        fileprivate init(_ status: kprod_file_status) throws {
            if status.error != 0 { throw POSIXError(POSIXErrorCode(rawValue: status.error) ?? .EIO) }
            identity = Identity(device: status.device, inode: status.inode)
            size = Int(clamping: status.size)
            isRegular = status.is_regular
            isDirectory = status.is_directory
            isStream = status.is_stream
            isPipe = status.is_pipe
            mode = status.mode
        }

        /// Of what is open.
        init(descriptor: Int32) throws { try self.init(kprod_descriptor_status(descriptor)) }
    }

    /// For people.
    var name: String { printable(text) }

    /// The folder that it is in.
    var folder: FilePath {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return FilePath(".") }
        return slash == text.startIndex ? FilePath("/") : FilePath(String(text[..<slash]))
    }

    /// The last part, as it is.
    var lastComponent: String {
        // By bytes: a character that combines with the slash would hide it.
        text.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? text
    }

    func status() throws -> Status { try with { try Status(kprod_path_status()) } }

    var exists: Bool { (try? status()) != nil }

    var isReadable: Bool { with { kprod_path_is_readable() } }

    /// Opens what is there; blocks for a named pipe until somebody writes.
    func openForReading() throws -> FileHandle { try open(isWritten: false, isPatient: true) }

    /// The same, but never blocks: a pipe is open before anybody writes to it.
    func openAtOnce() throws -> FileHandle { try open(isWritten: false, isPatient: false) }

    /// Opens a file to which everything is added at its end; makes it if need be.
    func openForAppending() throws -> FileHandle { try open(isWritten: true, isPatient: true) }

    private func open(isWritten: Bool, isPatient: Bool) throws -> FileHandle {
        let descriptor = with { kprod_path_open(isWritten, isPatient) }
        if descriptor < 0 { throw POSIXError(POSIXErrorCode(rawValue: -descriptor) ?? .EIO) }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Makes it the path of the thread's next call.
    func with<Result>(_ body: () throws -> Result) rethrows -> Result {
        kprod_path_begin()
        for byte in ArgumentText.bytes(of: text) { kprod_path_add(byte) }
        return try body()
    }
}
