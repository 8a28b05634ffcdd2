// SPDX-License-Identifier: Apache-2.0

import CKprod
import Foundation

/// What can be shown on standard error, by what it is and by what the user asked for.
struct TerminalTraits: Sendable {
    /// When colours are used.
    enum ColorChoice: String, CaseIterable, Sendable {
        case auto, always, never
    }

    /// Whether a line can be redrawn.
    var isInteractive: Bool
    var hasColor: Bool
    /// Whether there is more than ASCII.
    let hasUnicode: Bool
    /// The width that the environment asks for, whatever the window has.
    private let fixedColumns: Int?

    /// `NO_COLOR` and `CLICOLOR_FORCE` as no-color.org and bixense.com/clicolors describe them.
    init(isTerminal: Bool, environment: [String: String]) {
        func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }
        isInteractive = isTerminal && environment["TERM"] ?? "dumb" != "dumb"
        let isForced = isSet("CLICOLOR_FORCE") && environment["CLICOLOR_FORCE"] != "0"
        hasColor = !isSet("NO_COLOR") && (isInteractive || isForced)
        fixedColumns = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        // Without a word about it there is more to lose than to gain by ASCII, except in the C locale by name.
        hasUnicode = !["C", "POSIX"].contains(locale)
    }

    mutating func choose(_ choice: ColorChoice) {
        switch choice {
        case .auto: break
        case .always: hasColor = true
        case .never: hasColor = false
        }
    }

    /// The width now: windows change theirs.
    var columns: Int? {
        if let fixedColumns { return fixedColumns }
        guard isInteractive else { return nil }
        let columns = Int(kprod_terminal_columns(STDERR_FILENO))
        return columns > 0 ? columns : nil
    }

    /// Whether this process may draw: one in the background would draw over the shell's prompt.
    var isInForeground: Bool {
        let group = tcgetpgrp(STDERR_FILENO)
        return group < 0 || group == getpgrp()
    }
}
