// SPDX-License-Identifier: Apache-2.0

/// Ports of the loopback interface that nobody listens on.
enum FreePorts {
    /// Below the range from which the kernel takes the ports of outgoing connections: a client that tries a broker which
    /// is down again and again would one day get the very port it tries, be connected to itself, and keep the broker
    /// from coming back.
    private static let range: ClosedRange<UInt16> = 15_000...32_000

    static func take(_ count: Int) throws -> [UInt16] {
        var sockets: [Socket] = []
        // Held until all are found, so that none is found twice.
        defer { for socket in sockets { socket.close() } }
        var ports: [UInt16] = []
        while ports.count < count {
            let (socket, port) = try listen()
            sockets.append(socket)
            ports.append(port)
        }
        return ports
    }

    /// Listens on any of them.
    static func listen() throws -> (Socket, UInt16) {
        for _ in 0..<10_000 {
            let port = UInt16.random(in: range)
            if let socket = Socket.listening(on: port) { return (socket, port) }
        }
        throw LaunchError("no free port in \(range)")
    }

    /// Whether somebody listens there.
    static func isOpen(_ port: UInt16) -> Bool {
        guard let socket = Socket.connected(to: port) else { return false }
        socket.close()
        return true
    }
}
