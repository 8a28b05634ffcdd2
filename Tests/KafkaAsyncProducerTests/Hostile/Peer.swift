// SPDX-License-Identifier: Apache-2.0

import Foundation
import ProcessSupport
import Synchronization

/// A server on loopback that does with each connection what a test says, on threads of its own.
final class Peer: Sendable {
    let port: Int
    private let listener: Int32
    private let connections = Mutex<(open: Set<Int32>, count: Int)>(([], 0))

    struct NoSocket: Error {}

    /// - Parameter serve: Called for each connection, with its number from 0; the connection closes when it returns.
    init(_ serve: @escaping @Sendable (Connection, Int) -> Void) throws {
        listener = peer_listen()
        if listener < 0 { throw NoSocket() }
        port = Int(http_server_port(listener))
        Thread.detachNewThread { [self] in
            while true {
                let socket = peer_accept(listener)
                if socket < 0 { break }
                let number = connections.withLock { state in
                    state.open.insert(socket)
                    state.count += 1
                    return state.count - 1
                }
                Thread.detachNewThread { [self] in
                    serve(Connection(socket: socket), number)
                    _ = connections.withLock { $0.open.remove(socket) }
                    peer_close(socket)
                }
            }
            peer_close(listener)
        }
    }

    /// How many connections there were.
    var count: Int { connections.withLock { $0.count } }

    /// Ends the listener and all connections.
    func stop() {
        peer_shut(listener)
        connections.withLock { state in for socket in state.open { peer_shut(socket) } }
    }
}

/// One end of a connection; every call blocks.
struct Connection: Sendable {
    fileprivate let socket: Int32

    /// So many bytes; nil when the other end is gone.
    func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        // The array's own memory, for the time of the call.
        return unsafe peer_read(socket, &bytes, Int32(count)) == 1 ? bytes : nil
    }

    /// False when the other end is gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool { unsafe peer_write(socket, bytes, Int32(bytes.count)) == 1 }

    /// Reads and throws away until the other end is gone.
    func waitForEnd() { while read(1) != nil {} }
}
