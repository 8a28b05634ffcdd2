// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Ports of the loopback interface that nobody listens on.
enum FreePorts {
    /// Below the range from which the kernel takes the ports of outgoing connections: a client that tries a broker which
    /// is down again and again would one day get the very port it tries, be connected to itself, and keep the broker
    /// from coming back.
    private static let range: ClosedRange<UInt16> = 15_000...32_000

    static func take(_ count: Int) throws -> [UInt16] {
        var sockets: [Int32] = []
        var ports: [UInt16] = []
        // Held until all are found, so that none is found twice.
        defer { for socket in sockets { close(socket) } }
        for _ in 0..<10_000 where ports.count < count {
            let port = UInt16.random(in: range)
            guard let socket = listen(on: port) else { continue }
            sockets.append(socket)
            ports.append(port)
        }
        guard ports.count == count else { throw LaunchError("no \(count) free ports in \(range)") }
        return ports
    }

    private static func listen(on port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, streamSocketType, 0)
        guard descriptor >= 0 else { return nil }
        var address = loopback(port)
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    /// Whether somebody listens there.
    static func isOpen(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, streamSocketType, 0)
        defer { close(descriptor) }
        var address = loopback(port)
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    #if canImport(Glibc)
    static let streamSocketType = Int32(SOCK_STREAM.rawValue)
    #else
    static let streamSocketType = SOCK_STREAM
    #endif

    static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
