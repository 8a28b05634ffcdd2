// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Passes signals on to whichever run is under way: a process listens for them once.
final class SignalRelay: Sendable {
    private struct State {
        var listener: (@Sendable (RunEvent) -> Void)?
        /// The last one that asked for the end.
        var ending: Int32?
    }

    private let state = Mutex(State())

    init(_ terminal: Terminal) {
        Signals.watch { [self] number in
            let listener = state.withLock { state in
                state.ending = number
                return state.listener
            }
            listener?(.plan(.signal(number)))
        }
        Signals.watchSnapshotRequests { [self] in state.withLock { $0.listener }?(.snapshotRequested) }
        if terminal.isInteractive { Signals.watchJobControl(terminal) }
    }

    /// Passes signals to `listener` from now on, at once if one has come already.
    func connect(_ listener: @escaping @Sendable (RunEvent) -> Void) {
        let ending = state.withLock { state in
            state.listener = listener
            return state.ending
        }
        if let ending { listener(.plan(.signal(ending))) }
    }
}
