// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a read or a write on a socket came to.
enum Transfer: Equatable {
    case bytes(Int)
    /// Not now: wait for `poll`.
    case notReady
    case end
    case failed

    init(_ perform: () -> Int) {
        while true {
            let count = perform()
            if count > 0 {
                self = .bytes(count)
            } else if count == 0 {
                self = .end
            } else if errno == EINTR {
                continue
            } else {
                self = errno == EAGAIN || errno == EWOULDBLOCK ? .notReady : .failed
            }
            return
        }
    }
}

extension Descriptor {
    /// Reads what is there, up to the size of the buffer.
    func receive(into buffer: inout [UInt8]) -> Transfer {
        let count = buffer.count
        return Transfer { recv(number, &buffer, count, 0) }
    }

    /// Writes what the socket takes. A client that went away is an error and no signal: SIGPIPE is ignored.
    func send(_ bytes: ArraySlice<UInt8>) -> Transfer {
        bytes.withUnsafeBytes { bytes in Transfer { write(number, bytes.baseAddress, bytes.count) } }
    }
}

extension Descriptor {
    /// The client reads the end; what it still sends arrives here.
    func shutDownWriting() { shutdown(number, Int32(SHUT_WR)) }
}
