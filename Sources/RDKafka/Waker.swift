// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What a driver sleeps on: librdkafka writes to it when a queue is no longer empty, others when there is work.
package final class Waker: Sendable {
    private let reader: Int32
    let writer: Int32

    /// nil when the system has no descriptor to give.
    package init?() {
        var ends: (Int32, Int32) = (-1, -1)
        guard unsafe clibrdkafka_open_waker(&ends.0, &ends.1) == 0 else { return nil }
        (reader, writer) = ends
    }

    deinit {
        close(reader)
        if writer != reader { close(writer) }
    }

    /// Ends the current or the next sleep. May be called on any thread.
    package func wake() { clibrdkafka_wake(writer) }

    /// Sleeps until woken, or for so many nanoseconds of the monotonic clock. What woke it is read before it returns:
    /// only what is written after that wakes it again, so whoever sleeps looks at everything first.
    package func sleep(nanoseconds: Int64) { clibrdkafka_sleep(reader, nanoseconds) }
}
