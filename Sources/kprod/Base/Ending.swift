// SPDX-License-Identifier: Apache-2.0

/// The end of the process: with a status, or by the signal that asked for it.
enum Ending: Equatable, Sendable {
    case status(ExitStatus)
    case signal(Int32)
}
