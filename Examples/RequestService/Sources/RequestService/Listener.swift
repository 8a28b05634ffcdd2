// SPDX-License-Identifier: Apache-2.0

import CRequestService
import Foundation
import Synchronization

/// A Unix socket that clients connect to. Its file goes with it.
final class Listener: Sendable {
    private let path: String
    private let descriptor: Int32
    private let isStopped = Atomic(false)

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(path: String) throws(Failure) {
        self.path = path
        descriptor = unix_listen(path)
        guard descriptor >= 0 else { throw Failure(description: "\(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        if descriptor < 0 { return }
        stop()
        close(descriptor)
    }

    /// Calls `take` with each connection, on a thread of its own, until ``stop()``; `end` when it is over.
    func accept(_ take: @escaping @Sendable (_ descriptor: Int32) -> Void, end: @escaping @Sendable () -> Void = {}) {
        Thread.detachNewThread { [self] in
            while !isStopped.load(ordering: .acquiring) {
                let client = Foundation.accept(descriptor, nil, nil)
                if client >= 0 {
                    take(client)
                } else {
                    // No descriptor is free, for example: those who wait in line are served when a client leaves.
                    Thread.sleep(forTimeInterval: 0.05)
                }
            }
            end()
        }
    }

    /// Nobody can connect any more.
    func stop() {
        if isStopped.exchange(true, ordering: .acquiringAndReleasing) { return }
        // Whoever waits in accept wakes: by the first with Linux, by the second with macOS.
        socket_stop_reading(descriptor)
        let waker = unix_connect(path)
        if waker >= 0 { close(waker) }
        unlink(path)
    }
}
