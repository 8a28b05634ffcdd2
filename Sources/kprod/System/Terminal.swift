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

    let traits: TerminalTraits
    private let style: Style
    private let state = Mutex(State())
    private let write: @Sendable (String) -> Void

    private struct State {
        /// What stands on the last row now, and how it is coloured.
        var live = ""
        var color: Color?
        var isSealed = false
        var isSuspended = false
    }

    /// The colours that mean something here.
    enum Color: String, Sendable {
        case red = "31", green = "32", yellow = "33", dim = "2"
    }

    /// Whether a line can be redrawn.
    var isInteractive: Bool { traits.isInteractive }

    /// The width, if it is known.
    var columns: Int? { traits.columns }

    init(
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        write: @escaping @Sendable (String) -> Void = Terminal.writeToStandardError
    ) {
        traits = TerminalTraits(isTerminal: isTerminal, environment: environment)
        style = .kprod
        self.write = write
    }

    /// Says nothing to nobody.
    static let silent = Terminal(isTerminal: false, environment: [:]) { _ in }

    private init(_ other: Terminal, _ style: Style, _ traits: TerminalTraits) {
        write = other.write
        self.style = style
        self.traits = traits
    }

    /// The same, with other words in front of the lines; to be asked for before there are any.
    func inStyle(_ style: Style) -> Terminal { Terminal(self, style, traits) }

    /// The same, with colours as somebody wants them; to be asked for before there are any lines.
    func choosing(_ choice: TerminalTraits.ColorChoice) -> Terminal {
        var traits = traits
        traits.choose(choice)
        return Terminal(self, style, traits)
    }

    /// `text` in a colour, where there are colours.
    func colored(_ text: String, _ color: Color?) -> String {
        guard traits.hasColor, let color else { return text }
        return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[m"
    }

    /// Writes a line that stays; a live line moves below it.
    func note(_ line: String) { state.withLock { note(line, &$0) } }

    /// Writes a line for programs: nothing in front of it.
    func note(object line: String) { state.withLock { note(line, &$0, isObject: true) } }

    /// Writes the last line of a run: what other threads say afterwards is dropped.
    func conclude(_ line: String?) {
        state.withLock { state in
            if let line { note(line, &state) }
            state.isSealed = true
        }
    }

    /// Says what went wrong.
    func error(_ message: String) {
        note("\(colored(style == .kcat ? "ERROR:" : "kprod:", .red)) \(message)")
    }

    /// Puts `line` on the last row, in place of what was there.
    func draw(_ line: String, _ color: Color? = nil) {
        state.withLock { state in
            if state.isSealed || (state.live == line && state.color == color) { return }
            (state.live, state.color) = (line, color)
            redraw(state)
        }
    }

    /// Takes the live line away.
    func clear() {
        state.withLock { state in
            if !state.live.isEmpty { write("\r\u{1B}[K") }
            state.live = ""
        }
    }

    /// What was on the last row stays there, and the row is over: the Enter key ended it.
    func leaveLine() { state.withLock { $0.live = "" } }

    /// Leaves the terminal to others until ``resume()``.
    func suspend() {
        state.withLock { state in
            if !state.live.isEmpty { write("\r\u{1B}[K") }
            state.isSuspended = true
        }
    }

    func resume() {
        state.withLock { state in
            state.isSuspended = false
            if !state.live.isEmpty { redraw(state) }
        }
    }

    private func note(_ line: String, _ state: inout State, isObject: Bool = false) {
        if state.isSealed { return }
        let line = style == .kcat && !isObject ? "% \(line)" : line
        write(state.live.isEmpty || state.isSuspended ? line + "\n" : "\r\u{1B}[K\(line)\n")
        if !state.live.isEmpty { redraw(state) }
    }

    /// The terminal itself cuts the line at its width (no wrap while drawing), whatever it is at this moment: a window
    /// that was made smaller never fills with copies.
    private func redraw(_ state: borrowing State) {
        if state.isSuspended || !traits.isInForeground { return }
        write("\r\u{1B}[?7l\(colored(state.live, state.color))\u{1B}[K\u{1B}[?7h")
    }

    private static let writeToStandardError: @Sendable (String) -> Void = { text in
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
