// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The bytes of a small file, read without Foundation. Blocks: call it on a thread of the library's own.
package enum FileContents {
    /// Why a file was not read.
    package enum Failure: Error, Equatable {
        /// What the system said.
        case system(String)
        /// More bytes than `limit`.
        case tooLarge
        /// A pipe that nobody wrote to in time.
        case silent
    }

    /// Reads to the end.
    ///
    /// - Parameters:
    ///   - limit: The most bytes to take.
    ///   - patience: How long a pipe may stay silent, in milliseconds.
    package static func read(_ path: String, limit: Int, patience: Int32) throws(Failure) -> [UInt8] {
        // Without O_NONBLOCK the open of a pipe would wait for a writer, for ever if none comes.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw lastFailure }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            // One structure, for the time of the call.
            let ready = unsafe poll(&request, 1, patience)
            if ready == 0 { throw .silent }
            if ready < 0 {
                if errno == EINTR { continue }
                throw lastFailure
            }
            let count = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16_384) { buffer in
                // The buffer's own size.
                let count = unsafe platformRead(descriptor, buffer)
                if count > 0 { unsafe bytes.append(contentsOf: buffer.prefix(count)) }
                return count
            }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                throw lastFailure
            }
            if bytes.count > limit { throw .tooLarge }
        }
    }

    /// Whether it is a file that can be read again, and not a pipe, a device or a folder.
    package static func isRegular(_ path: String) -> Bool {
        var status = stat()
        // One structure, for the time of the call.
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static var lastFailure: Failure { .system(unsafe String(cString: strerror(errno))) }
}

@unsafe private func platformRead(_ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
