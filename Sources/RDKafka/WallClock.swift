// SPDX-License-Identifier: Apache-2.0

// Its header brings the system's clock along, and a release build takes `timespec` for its own.
internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The time of day.
package enum WallClock {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    package static var now: Int64 {
        var time = timespec()
        // It writes one structure, and cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
