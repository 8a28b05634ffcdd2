// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where records are read from.
enum InputSource: Equatable, Sendable {
    case standardInput
    case file(String)

    /// `-` is standard input, as everywhere.
    init(_ operand: String) { self = operand == "-" ? .standardInput : .file(operand) }

    /// How the input is called in messages.
    var name: String {
        switch self {
        case .standardInput: "stdin"
        case .file(let path): printable(path)
        }
    }

    /// The last part of the path, as it is.
    var fileName: String? {
        guard case .file(let path) = self else { return nil }
        return URL(fileURLWithPath: path).lastPathComponent
    }

    /// Looks whether the input can be opened, without opening it: that would block for a named pipe.
    ///
    /// Found before anything is sent, a mistyped name costs nothing.
    func check(mayComeLater: Bool = false) throws(ToolError) {
        guard case .file(let path) = self else { return }
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else {
            if mayComeLater { return }
            throw ToolError(.noInput, "\(name): no such file; nothing was sent")
        }
        let values = try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isDirectoryKey])
        if values?.isDirectory == true {
            throw ToolError(.noInput, "\(name): is a directory; name the files in it")
        }
        guard manager.isReadableFile(atPath: path) else {
            throw ToolError(.noInput, "\(name): permission denied; nothing was sent")
        }
    }

    /// Opens the input; may block.
    func open() throws(ToolError) -> FileHandle {
        switch self {
        case .standardInput: return .standardInput
        case .file(let path):
            do {
                return try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            } catch {
                throw ToolError(.noInput, "\(name): cannot be opened: \(reason(of: error))")
            }
        }
    }
}

/// The system's words for what went wrong, without Foundation's around them.
func reason(of error: any Error) -> String {
    let cocoa = error as NSError
    let cause = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError ?? cocoa
    let text = cause.localizedDescription
    let preamble = "The operation could not be completed. "
    return printable(text.hasPrefix(preamble) ? String(text.dropFirst(preamble.count)) : text)
}
