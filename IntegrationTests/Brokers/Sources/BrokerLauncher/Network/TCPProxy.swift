// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Stands between clients and a broker, and does to their connections what networks do.
///
/// One thread of its own moves the bytes; it ends with ``stop()``.
package final class TCPProxy: Sendable {
    /// What happens to bytes and connections, from the moment it is set.
    package struct Behaviour: Sendable, Equatable {
        /// How long bytes are under way, in each direction.
        package var delay = Duration.zero
        /// Connections stay open and nothing passes, as when the other side lost its power.
        package var isFrozen = false
        /// New connections are closed at once.
        package var refuses = false
        /// Requests pass, answers are thrown away.
        package var losesAnswers = false

        package init() {}
    }

    private struct State {
        var behaviour = Behaviour()
        var upstream: UInt16 = 0
        var isStopping = false
        /// What to do to all connections next.
        var cut: (isReset: Bool, isPending: Bool) = (false, false)
    }

    /// Where clients connect.
    package let port: UInt16
    private let listener: Socket
    private let state = Mutex(State())

    package init() throws {
        (listener, port) = try FreePorts.listen()
        listener.stopBlocking()
        Thread.detachNewThread { self.run() }
    }

    /// Where the broker listens.
    package func forward(to port: UInt16) { state.withLock { $0.upstream = port } }

    /// Changes what happens from now on.
    package func behave(_ change: @Sendable (inout Behaviour) -> Void) { state.withLock { change(&$0.behaviour) } }

    /// Closes all connections: in order, or with a reset.
    package func cut(isReset: Bool = false) { state.withLock { $0.cut = (isReset, true) } }

    /// Closes everything.
    package func stop() { state.withLock { $0.isStopping = true } }

    private func run() {
        var connections: [ProxyConnection] = []
        while true {
            let (now, state) = self.state.withLock { state in
                defer { state.cut.isPending = false }
                return (state.behaviour, state)
            }
            if state.cut.isPending || state.isStopping {
                for connection in connections { connection.close(isReset: state.cut.isReset) }
                connections = []
            }
            if state.isStopping { return listener.close() }
            // Frozen, the kernel still completes handshakes: clients connect, and nobody answers.
            if !now.isFrozen {
                while let client = listener.accept() {
                    if let connection = ProxyConnection(client, upstream: now.refuses ? nil : state.upstream) {
                        connections.append(connection)
                    }
                }
                connections = connections.filter { $0.move(now) }
            }
            wait(for: now.isFrozen ? [] : connections)
        }
    }

    /// Until there is something to do, but never longer than it takes to notice a change and to keep to a delay.
    private func wait(for connections: [ProxyConnection]) {
        var descriptors = ([listener.descriptor] + connections.flatMap(\.descriptors)).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        if connections.contains(where: \.isWaiting) || connections.isEmpty { descriptors = [] }
        poll(&descriptors, nfds_t(descriptors.count), descriptors.isEmpty ? 2 : 20)
    }
}
