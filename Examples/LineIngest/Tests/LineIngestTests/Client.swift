// SPDX-License-Identifier: Apache-2.0

import Foundation

#if canImport(Glibc)
private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
private let streamSocket = SOCK_STREAM
#endif

/// A client that waits in its reads, for threads of its own.
final class Client {
    struct Failure: Error {
        let action: String
        let code = errno
    }

    private let socket: Int32
    private var unread: [UInt8] = []

    init(port: UInt16) throws {
        socket = Foundation.socket(AF_INET, streamSocket, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        try connect(&address)
    }

    init(path: String) throws {
        socket = Foundation.socket(AF_UNIX, streamSocket, 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try connect(&address)
    }

    private func connect<Address>(_ address: inout Address) throws {
        // A server that hangs up is a failed write.
        signal(SIGPIPE, SIG_IGN)
        // A server that does not answer fails the test, and does not hold it up for ever.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(socket, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else { throw Failure(action: "connect") }
    }

    deinit { close(socket) }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.send(socket, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { throw Failure(action: "send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes as much as fits; 0 when the other side does not read.
    func sendWhatFits(_ bytes: [UInt8]) -> Int {
        max(0, Foundation.send(socket, bytes, bytes.count, Int32(MSG_DONTWAIT)))
    }

    /// The next line, or nil at the end.
    func readLine() throws -> String? {
        while true {
            if let end = unread.firstIndex(of: 10) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count >= 0 else { throw Failure(action: "read") }
            if count == 0 { return nil }
            unread += buffer.prefix(count)
        }
    }

    func readLines(_ count: Int) throws -> [String] {
        var lines: [String] = []
        while lines.count < count, let line = try readLine() { lines.append(line) }
        return lines
    }

    /// Every line up to the end.
    func readAll() throws -> [String] { try readLines(.max) }

    func endInput() { shutdown(socket, Int32(SHUT_WR)) }

    /// Closes so that the other side gets a reset instead of an end.
    func resetAtClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}
