// SPDX-License-Identifier: Apache-2.0

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
