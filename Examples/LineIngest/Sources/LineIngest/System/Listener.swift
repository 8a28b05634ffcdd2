// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A socket that clients connect to.
final class Listener: Sendable {
    enum Address: Equatable, Sendable {
        case tcp(host: String, port: String)
        case unix(path: String)
    }

    let socket: Descriptor
    let address: Address

    init(_ address: Address) throws(ServerError) {
        self.address = address
        switch address {
        case .tcp(let host, let port): socket = try Self.bindTCP(host, port)
        case .unix(let path): socket = try Self.bindUnix(path)
        }
        guard listen(socket.number, 1024) == 0 else { throw .system("listen on \(address)", errno) }
        socket.prepare()
    }

    /// One that another program opened and left to us: see `Restart`.
    init(_ address: Address, inherited number: Int32) throws(ServerError) {
        self.address = address
        socket = try Descriptor(fcntl(number, F_GETFD) < 0 ? -1 : number, "take over \(address)")
        socket.prepare()
    }

    /// The next client that waits, or nil; nil with a failure means to try later.
    func accept() -> (client: Int32, failed: Bool) {
        while true {
            let client = systemAccept(socket.number)
            if client >= 0 { return (client, false) }
            switch errno {
            // It went away while it waited.
            case EINTR, ECONNABORTED: continue
            case EAGAIN, EWOULDBLOCK: return (-1, false)
            // No descriptors or memory: the client waits in the queue.
            default: return (-1, true)
            }
        }
    }

    /// Removes the file of a Unix socket.
    func remove() {
        if case .unix(let path) = address { unlink(path) }
    }
}

private func systemAccept(_ socket: Int32) -> Int32 { accept(socket, nil, nil) }

extension Listener {
    private static func bindTCP(_ host: String, _ port: String) throws(ServerError) -> Descriptor {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE
        hints.ai_socktype = streamSocket
        var list: UnsafeMutablePointer<addrinfo>?
        let failure = getaddrinfo(host.isEmpty ? nil : host, port, &hints, &list)
        guard failure == 0, let first = list?.pointee else {
            throw .invalid("cannot listen on \(host):\(port): \(String(cString: gai_strerror(failure)))")
        }
        defer { freeaddrinfo(list) }
        let socket = try Descriptor(systemSocket(first.ai_family), "open a socket")
        // A restart must not wait for the last connections of the server before it.
        var yes: Int32 = 1
        setsockopt(socket.number, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(socket.number, first.ai_addr, first.ai_addrlen) == 0 else {
            throw .system("listen on \(host):\(port)", errno)
        }
        return socket
    }

    private static func bindUnix(_ path: String) throws(ServerError) -> Descriptor {
        let socket = try Descriptor(systemSocket(AF_UNIX), "open a socket")
        // The socket of a server that was killed is in the way; that of one that lives, or any other file, is not ours to
        // remove.
        if try withUnixAddress(path, { connect(socket.number, $0, $1) }) == 0 {
            throw .invalid("another server listens on \(path)")
        }
        var status = stat()
        if errno == ECONNREFUSED, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unlink(path) }
        let fresh = try Descriptor(systemSocket(AF_UNIX), "open a socket")
        guard try withUnixAddress(path, { bind(fresh.number, $0, $1) }) == 0 else {
            throw .system("listen on \(path)", errno)
        }
        return fresh
    }

    /// The TCP port, which the system chose if it was given as 0.
    var port: UInt16? {
        guard case .tcp = address else { return nil }
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                // IPv6 keeps the port in the same place.
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.number, $0, &size) } == 0
                    ? UInt16(bigEndian: address.pointee.sin_port) : nil
            }
        }
    }
}

private func systemSocket(_ family: Int32) -> Int32 { socket(family, streamSocket, 0) }

/// Lends the address of a Unix socket.
private func withUnixAddress(
    _ path: String,
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
) throws(ServerError) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room, !path.utf8.contains(0) else {
        throw .invalid("the path of a Unix socket has at most \(room - 1) bytes: \(path)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

extension Listener.Address: CustomStringConvertible {
    var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }
}
