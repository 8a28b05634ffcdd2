// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How a run is to be shown while it lasts.
struct ProgressOptions: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case auto, bar, plain, json, none
    }

    var kind = Kind.auto
    /// How often lines and objects are written.
    var interval = Duration.seconds(5)
    /// Gets the objects, whatever is shown.
    var file: String?

    init() {}

    /// What `auto` comes to.
    func kind(on terminal: Terminal, isQuiet: Bool) -> Kind {
        switch kind {
        case .auto: isQuiet || !terminal.isInteractive ? .none : .bar
        case .bar, .plain, .json, .none: kind
        }
    }

    /// Opens the file for the objects, behind what is in it.
    func open() throws(ToolError) -> OutputWriter? {
        guard let file else { return nil }
        do {
            if !FileManager.default.fileExists(atPath: file) { try Data().write(to: URL(fileURLWithPath: file)) }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
            // A pipe or a device has no end to go to.
            _ = try? handle.seekToEnd()
            return OutputWriter(handle, name: printable(file), isFile: true)
        } catch {
            throw ToolError(.outputFailed, "\(printable(file)): cannot be written: \(reason(of: error))")
        }
    }
}
