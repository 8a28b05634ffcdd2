// SPDX-License-Identifier: Apache-2.0

import CKprod
import Dispatch
import Foundation
import Synchronization

/// The signals that ask for the end.
///
/// The third one in a row ends the process on the spot, whatever the rest of it does.
enum Signals {
    private static let asked = Atomic(0)
    private static let isOver = Atomic(false)

    /// Calls `handler` for the first and the second of them, on a queue of its own, from now to the end of the process.
    ///
    /// What was ignored from the start stays ignored: that is how `nohup` and a script's background jobs ask for it.
    static func watch(_ handler: @escaping @Sendable (Int32) -> Void) {
        let queue = DispatchQueue(label: "kprod.signals")
        let registrations = DispatchGroup()
        for number in [SIGINT, SIGTERM, SIGHUP] where !kprod_is_ignored(number) {
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            // The handler holds its source, which is never cancelled.
            source.setEventHandler {
                withExtendedLifetime(source) {
                    if isOver.load(ordering: .relaxed) { return }
                    if asked.add(1, ordering: .relaxed).newValue >= 3 {
                        TypedInput.end()
                        _exit(128 + number)
                    }
                    handler(number)
                }
            }
            registrations.enter()
            source.setRegistrationHandler { registrations.leave() }
            source.activate()
        }
        // Until then a signal still ends the process at once: a moment, and never longer than this.
        _ = registrations.wait(timeout: .now() + .seconds(1))
    }

    /// Calls `handler` whenever somebody asks for a snapshot (SIGUSR1), from now to the end of the process.
    static func watchSnapshotRequests(_ handler: @escaping @Sendable () -> Void) {
        watch(SIGUSR1, on: DispatchQueue(label: "kprod.snapshots"), handler)
    }

    /// Keeps a live line out of the shell's way: it goes when the process is stopped (Ctrl-Z) and comes back with it.
    static func watchJobControl(_ terminal: Terminal) {
        let queue = DispatchQueue(label: "kprod.job-control")
        watch(SIGTSTP, on: queue) {
            terminal.suspend()
            TypedInput.suspend()
            // The signal itself has been taken; this one cannot be.
            kill(getpid(), SIGSTOP)
        }
        watch(SIGCONT, on: queue) {
            TypedInput.resume()
            terminal.resume()
        }
    }

    private static func watch(_ number: Int32, on queue: DispatchQueue, _ handler: @escaping @Sendable () -> Void) {
        if kprod_is_ignored(number) { return }
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        // The handler holds its source, which is never cancelled.
        source.setEventHandler { withExtendedLifetime(source) { handler() } }
        source.activate()
    }

    /// Ends the process by raising the signal again with its default action.
    static func endProcess(by number: Int32) -> Never {
        isOver.store(true, ordering: .sequentiallyConsistent)
        TypedInput.end()
        signal(number, SIG_DFL)
        // Dispatch may still take a signal that comes while the main thread is between two waits.
        for _ in 0..<100 {
            kill(getpid(), number)
            usleep(10_000)
        }
        exit(128 + number)
    }

    /// A reader of our output that went away, and a file that may not grow, are failed writes and not the end.
    static func ignoreFailedWrites() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }
}
