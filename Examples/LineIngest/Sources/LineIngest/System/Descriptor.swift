// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file descriptor that is closed exactly once.
struct Descriptor: ~Copyable, Sendable {
    let number: Int32

    /// - Parameter number: What a system call returned: -1 is thrown as its error.
    init(_ number: Int32, _ action: @autoclosure () -> String) throws(ServerError) {
        guard number >= 0 else { throw .system(action(), errno) }
        self.number = number
    }

    deinit { close(number) }

    /// Waits nowhere, and does not go to programs that are started.
    func prepare() {
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }
}

/// Milliseconds since 1970, by a clock that may be set.
func wallClockMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// As many open files as the system allows us: each client is one.
func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    getrlimit(fileLimit, &limit)
    limit.rlim_cur = min(limit.rlim_max, 1 << 20)
    setrlimit(fileLimit, &limit)
    getrlimit(fileLimit, &limit)
    return Int(clamping: limit.rlim_cur)
}

#if canImport(Glibc)
private let fileLimit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
private let fileLimit = RLIMIT_NOFILE
let streamSocket = SOCK_STREAM
#endif
