// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How a run ended, in the words of sysexits.
///
/// When several apply the larger one is reported: the table was laid out so that the more telling status has the larger
/// number.
enum ExitStatus: Int32, Comparable, Sendable {
    /// Every record read was delivered.
    case success = 0
    /// Some records failed; the rest are in.
    case someFailed = 1
    /// The command line is wrong.
    case usage = 64
    /// The input does not parse.
    case data = 65
    /// An input could not be opened or read.
    case noInput = 66
    /// Nothing was delivered: brokers unreachable, unknown topic or partition.
    case unavailable = 69
    /// The client failed for good, or the account does not add up.
    case software = 70
    /// An output could not be written.
    case outputFailed = 74
    /// A deadline passed with records undelivered.
    case deadline = 75
    /// Authentication or authorization was refused.
    case refused = 77
    /// The configuration is wrong.
    case configuration = 78

    static func < (left: ExitStatus, right: ExitStatus) -> Bool { left.rawValue < right.rawValue }
}

/// The end of the process: with a status, or by the signal that asked for it.
enum Ending: Equatable, Sendable {
    case status(ExitStatus)
    case signal(Int32)

    /// Ends the process.
    ///
    /// A signal is raised again with its default action, so that the shell sees the truth (`128+n`, and a script's own
    /// trap stops the script).
    func endProcess() -> Never {
        switch self {
        case .status(let status): exit(status.rawValue)
        case .signal(let number): Signals.endProcess(by: number)
        }
    }
}

/// Something that ends a run: one line for people that says what, where and what to do next.
struct ToolError: Error, Equatable, Sendable {
    let status: ExitStatus
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    static func usage(_ message: String) -> ToolError { ToolError(.usage, message) }
}
