// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation

/// Calls `handler` on a queue whenever one of these signals arrives, until the process ends.
func onSignal(_ numbers: Int32..., handler: @escaping @Sendable () -> Void) {
    for number in numbers {
        // Otherwise its default action, the end of the process, comes first.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        // The handler holds its source, which is never cancelled.
        source.setEventHandler { withExtendedLifetime(source) { handler() } }
        source.activate()
    }
}
