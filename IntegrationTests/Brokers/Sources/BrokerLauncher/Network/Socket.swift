// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A TCP socket on loopback.
struct Socket {
    let descriptor: Int32

    #if canImport(Glibc)
    private static let stream = Int32(SOCK_STREAM.rawValue)
    private static let quietly = Int32(MSG_NOSIGNAL)
    #elseif canImport(Musl)
    private static let stream = SOCK_STREAM
    private static let quietly = Int32(MSG_NOSIGNAL)
    #else
    private static let stream = SOCK_STREAM
    private static let quietly: Int32 = 0
    #endif

    private init?() {
        descriptor = socket(AF_INET, Self.stream, 0)
        if descriptor < 0 { return nil }
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    /// Listens on a port; nil when it is taken.
    static func listening(on port: UInt16) -> Socket? {
        guard let socket = Socket() else { return nil }
        guard socket.withAddress(port, bind), listen(socket.descriptor, 64) == 0 else {
            socket.close()
            return nil
        }
        return socket
    }

    /// Connects to a port; nil when nobody listens there.
    static func connected(to port: UInt16) -> Socket? {
        guard let socket = Socket() else { return nil }
        guard socket.withAddress(port, connect) else {
            socket.close()
            return nil
        }
        return socket
    }

    /// The next connection of a listening socket.
    func accept() -> Socket? {
        let other = Foundation.accept(descriptor, nil, nil)
        return other < 0 ? nil : Socket(descriptor: other)
    }

    /// Calls that would wait fail with `EAGAIN` from now on.
    func stopBlocking() { _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK) }

    /// Small writes go out at once.
    func stopCollecting() {
        var isOn: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    }

    /// What has arrived, at most as much as the buffer holds: nil when that is nothing, empty at the end.
    func read(into buffer: ReadBuffer) -> [UInt8]? {
        let count = buffer.bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        // A broken connection is at its end too.
        if count < 0 { return errno == EAGAIN || errno == EINTR ? nil : [] }
        return Array(buffer.bytes[..<count])
    }

    /// Writes what fits, and says how much that was; nil when the connection is broken.
    func write(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Self.quietly) }
        return count < 0 ? (errno == EAGAIN || errno == EINTR ? 0 : nil) : count
    }

    /// Closes it in order, or with `isReset` so that the other side gets a reset.
    func close(isReset: Bool = false) {
        if isReset {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
        Foundation.close(descriptor)
    }

    private func withAddress(
        _ port: UInt16,
        _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                call(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Where a thread reads into again and again, so that only what has arrived is copied.
final class ReadBuffer {
    let size: Int
    fileprivate var bytes: [UInt8]

    init(size: Int) {
        self.size = size
        bytes = [UInt8](repeating: 0, count: size)
    }
}
