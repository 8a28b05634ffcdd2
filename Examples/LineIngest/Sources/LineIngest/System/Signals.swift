// SPDX-License-Identifier: Apache-2.0

import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension StopRequests {
    /// SIGTERM and SIGINT ask for the end, SIGHUP for a restart.
    func watchSignals() {
        // A client that went away is a failed write.
        signal(SIGPIPE, SIG_IGN)
        for (number, request) in [(SIGTERM, Request.quit), (SIGINT, .quit), (SIGHUP, .restart)] {
            // The default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            // The handler holds its source, for as long as the process lives.
            source.setEventHandler { withExtendedLifetime(source) { ask(request) } }
            source.activate()
        }
    }
}
