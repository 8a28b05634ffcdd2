// SPDX-License-Identifier: Apache-2.0

import CPoll
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
    /// A byte in it makes the thread look at the state.
    private let wakeUps = Pipe()

    package init() throws {
        (listener, port) = try FreePorts.listen()
        listener.stopBlocking()
        Thread.detachNewThread { self.run() }
    }

    /// Where the broker listens.
    package func forward(to port: UInt16) { change { $0.upstream = port } }

    /// Changes what happens from now on.
    package func behave(_ change: @Sendable (inout Behaviour) -> Void) { self.change { change(&$0.behaviour) } }

    /// Closes all connections: in order, or with a reset.
    package func cut(isReset: Bool = false) { change { $0.cut = (isReset, true) } }

    /// Closes everything.
    package func stop() { change { $0.isStopping = true } }

    private func change(_ body: @Sendable (inout State) -> Void) {
        state.withLock { body(&$0) }
        try? wakeUps.fileHandleForWriting.write(contentsOf: Data([0]))
    }

    private func run() {
        let buffer = ReadBuffer(size: 256 << 10)
        var connections: [ProxyConnection] = []
        var ready = Ready()
        while true {
            let state = self.state.withLock { state in
                defer { state.cut.isPending = false }
                return state
            }
            if state.cut.isPending || state.isStopping {
                for connection in connections { connection.close(isReset: state.cut.isReset) }
                connections = []
            }
            if state.isStopping { return listener.close() }
            // Frozen, the kernel still completes handshakes: clients connect, and nobody answers.
            if !state.behaviour.isFrozen {
                connections = zip(connections, ready.connections).filter { connection, ready in
                    connection.move(ready, state.behaviour, buffer)
                }
                .map(\.0)
                while ready.isListener, let client = listener.accept() {
                    let upstream = state.behaviour.refuses ? nil : state.upstream
                    if let connection = ProxyConnection(client, upstream: upstream) { connections.append(connection) }
                }
            }
            ready = wait(for: connections, isFrozen: state.behaviour.isFrozen)
        }
    }

    /// What there is to do.
    private struct Ready {
        var isListener = false
        var connections: [ProxyConnection.Ready] = []
    }

    /// Waits until there is something to do.
    private func wait(for connections: [ProxyConnection], isFrozen: Bool) -> Ready {
        let wakeUp = wakeUps.fileHandleForReading
        var descriptors = [pollfd(fd: wakeUp.fileDescriptor, events: Int16(POLLIN), revents: 0)]
        if !isFrozen {
            descriptors.append(pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0))
            for connection in connections { descriptors += connection.descriptors }
        }
        let left = isFrozen ? nil : connections.compactMap(\.due).min().map { max($0 - .now, .zero) / .nanoseconds(1) }
        poll_for(&descriptors, UInt32(descriptors.count), left.map { Int64($0) } ?? -1)
        if descriptors[0].revents != 0 { _ = wakeUp.availableData }
        // Nothing but changes was waited for.
        if isFrozen { return Ready(connections: connections.map { _ in ProxyConnection.Ready() }) }
        let readable = descriptors.map { $0.revents & ~Int16(POLLOUT) != 0 }
        return Ready(
            isListener: readable[1],
            connections: connections.indices.map {
                ProxyConnection.Ready(client: readable[2 + 2 * $0], broker: readable[3 + 2 * $0])
            }
        )
    }
}
