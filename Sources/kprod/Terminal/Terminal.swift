// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Standard error: lines that stay and, on a terminal, one last line that is redrawn.
///
/// A write that fails is ignored: that nobody reads the messages is no reason to stop delivering records.
final class Terminal: Sendable {
    /// Whose messages the lines look like.
    enum Style: Sendable {
        case kprod
        /// Every line begins with `% `, so that scripts can tell messages from data.
        case kcat
    }

    /// Whether a line can be redrawn.
    let isInteractive: Bool
    /// The width, if the environment tells.
    let columns: Int?
    private let hasColor: Bool
    private let style: Style
    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    private struct State {
        /// What stands on the last row now.
        var live = ""
        var isSealed = false
    }

    init(
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        write: @escaping @Sendable (String) -> Void = Terminal.writeToStandardError
    ) {
        isInteractive = isTerminal && environment["TERM"] ?? "dumb" != "dumb"
        hasColor = isInteractive && environment["NO_COLOR"] ?? "" == ""
        columns = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        style = .kprod
        self.write = write
    }

    private init(_ other: Terminal, _ style: Style) {
        isInteractive = other.isInteractive
        columns = other.columns
        hasColor = other.hasColor
        write = other.write
        self.style = style
    }

    /// The same, with other words in front of the lines; to be asked for before there are any.
    func inStyle(_ style: Style) -> Terminal { Terminal(self, style) }

    /// Writes a line that stays; a live line moves below it.
    func note(_ line: String) { state.withLock { note(line, &$0) } }

    /// Writes the last line of a run: what other threads say afterwards is dropped.
    func conclude(_ line: String?) {
        state.withLock { state in
            if let line { note(line, &state) }
            state.isSealed = true
        }
    }

    /// Says what went wrong.
    func error(_ message: String) {
        let label = style == .kcat ? "ERROR:" : "kprod:"
        note(hasColor ? "\u{1B}[31m\(label)\u{1B}[m \(message)" : "\(label) \(message)")
    }

    /// Puts `line` on the last row, in place of what was there.
    func draw(_ line: String) {
        guard isInteractive else { return }
        state.withLock { state in
            if state.live == line || state.isSealed { return }
            state.live = line
            write(Self.redrawn(line))
        }
    }

    /// Takes the live line away.
    func clear() {
        state.withLock { state in
            if !state.live.isEmpty { write("\r\u{1B}[K") }
            state.live = ""
        }
    }

    private func note(_ line: String, _ state: inout State) {
        if state.isSealed { return }
        let line = style == .kcat ? "% \(line)" : line
        write(state.live.isEmpty ? line + "\n" : "\r\u{1B}[K\(line)\n\(Self.redrawn(state.live))")
    }

    /// The terminal itself cuts the line at its width (no wrap while drawing), whatever it is at this moment: a window
    /// that was made smaller never fills with copies.
    private static func redrawn(_ line: String) -> String { "\r\u{1B}[?7l\(line)\u{1B}[K\u{1B}[?7h" }

    private static let writeToStandardError: @Sendable (String) -> Void = { text in
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
