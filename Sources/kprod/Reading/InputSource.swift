// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where records are read from.
enum InputSource: Equatable, Sendable {
    case standardInput
    case file(FilePath)

    /// `-` is standard input, as everywhere.
    init(_ operand: String) { self = operand == "-" ? .standardInput : .file(FilePath(operand)) }

    /// How the input is called in messages.
    var name: String {
        switch self {
        case .standardInput: "stdin"
        case .file(let path): path.name
        }
    }

    /// How it is called in reports, which programs read.
    var path: String {
        switch self {
        case .standardInput: "stdin"
        case .file(let path): path.text
        }
    }

    /// As on the command line.
    var operand: String {
        switch self {
        case .standardInput: "-"
        case .file(let path): path.text
        }
    }

    /// The last part of the path, as it is.
    var fileName: [UInt8]? {
        guard case .file(let path) = self else { return nil }
        return ArgumentText.bytes(of: path.lastComponent)
    }

    /// Looks whether the input can be opened, without opening it: that would block for a named pipe.
    ///
    /// Found before anything is sent, a mistyped name costs nothing.
    func check(mayComeLater: Bool = false) throws(ToolError) {
        guard case .file(let path) = self else { return }
        let status: FilePath.Status
        do {
            status = try path.status()
        } catch POSIXError.ENOENT, POSIXError.ENOTDIR {
            if mayComeLater { return }
            throw ToolError(.noInput, "\(name): no such file; nothing was sent")
        } catch {
            throw ToolError(.noInput, "\(name): cannot be read: \(reason(of: error)); nothing was sent")
        }
        if status.isDirectory { throw ToolError(.noInput, "\(name): is a directory; name the files in it") }
        if !path.isReadable { throw ToolError(.noInput, "\(name): permission denied; nothing was sent") }
    }

    /// Opens the input; may block.
    func open() throws(ToolError) -> FileHandle {
        switch self {
        case .standardInput: return .standardInput
        case .file(let path):
            do {
                return try path.openForReading()
            } catch {
                throw ToolError(.noInput, "\(name): cannot be opened: \(reason(of: error))")
            }
        }
    }
}
