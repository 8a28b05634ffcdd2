// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// SIGTERM and SIGINT ask for the end, SIGHUP for the settings to be read again.
func watchSignals(_ handler: @escaping @Sendable (Agent.Event) -> Void) {
    let events: [(Int32, Agent.Event)] = [(SIGTERM, .terminate), (SIGINT, .terminate), (SIGHUP, .reload)]
    for (number, event) in events {
        // The default action would end the process before the source hears of it.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number)
        // The handler holds its source, for as long as the process lives.
        source.setEventHandler { withExtendedLifetime(source) { handler(event) } }
        source.activate()
    }
}

/// Ends the process after `time`, whatever hangs: it needs no task and no main thread.
///
/// - Returns: What to cancel when the end has come by itself.
func forceExit(after time: Duration) -> DispatchWorkItem {
    let exit = DispatchWorkItem { _exit(ExitCode.forced.rawValue) }
    DispatchQueue.global().asyncAfter(deadline: .now() + time / .seconds(1), execute: exit)
    return exit
}
