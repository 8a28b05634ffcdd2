// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Ending {
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
