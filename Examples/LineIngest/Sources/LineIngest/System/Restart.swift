// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Becomes the program anew, in the same process, with the listening sockets open: clients that connect meanwhile wait in
/// their queue, and none is refused. A new version that was installed in the same place takes over.
enum Restart {
    private static let variable = "LINE_INGEST_SOCKETS"

    /// Opens the listeners, or takes over those that the program before this one left.
    static func listeners(_ addresses: [Listener.Address]) throws(ServerError) -> [Listener] {
        let text = getenv(variable).map { String(cString: $0) } ?? ""
        let inherited = text.split(separator: ",").compactMap { Int32($0) }
        unsetenv(variable)
        var listeners: [Listener] = []
        for (index, address) in addresses.enumerated() {
            // The same options stand for the same sockets, in the same order.
            listeners.append(
                inherited.count == addresses.count
                    ? try Listener(address, inherited: inherited[index]) : try Listener(address)
            )
        }
        return listeners
    }

    /// Returns only when the program cannot be started.
    static func execute(_ arguments: [String], _ listeners: [Listener]) -> ServerError {
        for listener in listeners { _ = fcntl(listener.socket.number, F_SETFD, 0) }
        // What is ignored stays so: a signal for the new program must not be lost before it watches for them.
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
        setenv(variable, listeners.map { String($0.socket.number) }.joined(separator: ","), 1)
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        if let program = pointers.first ?? nil { execvp(program, pointers) }
        return .system("start \(arguments.first ?? "") again", errno)
    }
}
