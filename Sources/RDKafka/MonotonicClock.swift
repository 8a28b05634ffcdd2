// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// The clock of everything the library waits for: a step of the wall clock does not move it. Nanoseconds.
package enum MonotonicClock {
    /// 25 ns to read.
    package static var now: Int64 { clibrdkafka_monotonic() }

    /// A few milliseconds behind at most, and 4 ns to read.
    static var coarse: Int64 { clibrdkafka_monotonic_coarse() }
}
