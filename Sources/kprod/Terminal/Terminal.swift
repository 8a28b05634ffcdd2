// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Standard error: lines that stay and, on a terminal, one last line that is redrawn.
///
/// A write that fails is ignored: that nobody reads the messages is no reason to stop delivering records.
final class Terminal: Sendable {
    /// Whether a line can be redrawn.
    let isInteractive: Bool
    /// The width, if the environment tells.
    let columns: Int?
    private let hasColor: Bool
    /// What stands on the last row now.
    private let live = Mutex("")
    private let write: @Sendable (String) -> Void

    init(
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        write: @escaping @Sendable (String) -> Void = Terminal.writeToStandardError
    ) {
        isInteractive = isTerminal && environment["TERM"] ?? "dumb" != "dumb"
        hasColor = isInteractive && environment["NO_COLOR"] ?? "" == ""
        columns = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        self.write = write
    }

    /// Writes a line that stays; a live line moves below it.
    func note(_ line: String) {
        live.withLock { live in
            if live.isEmpty {
                write(line + "\n")
            } else {
                write("\r\u{1B}[K\(line)\n\(Self.redrawn(live))")
            }
        }
    }

    /// Says what went wrong.
    func error(_ message: String) {
        note(hasColor ? "\u{1B}[31mkprod:\u{1B}[m \(message)" : "kprod: \(message)")
    }

    /// Puts `line` on the last row, in place of what was there.
    func draw(_ line: String) {
        guard isInteractive else { return }
        live.withLock { live in
            if live == line { return }
            live = line
            write(Self.redrawn(line))
        }
    }

    /// Takes the live line away.
    func clear() {
        live.withLock { live in
            if !live.isEmpty { write("\r\u{1B}[K") }
            live = ""
        }
    }

    /// The terminal itself cuts the line at its width (no wrap while drawing), whatever it is at this moment: a window
    /// that was made smaller never fills with copies.
    private static func redrawn(_ line: String) -> String { "\r\u{1B}[?7l\(line)\u{1B}[K\u{1B}[?7h" }

    private static let writeToStandardError: @Sendable (String) -> Void = { text in
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
