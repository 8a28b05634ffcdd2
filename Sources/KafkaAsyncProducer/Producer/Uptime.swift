// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// The clock of deadlines: nanoseconds of the monotonic clock.
enum Uptime {
    static var now: Int64 { MonotonicClock.now }

    /// The time when `duration` will be over, its start if it is negative; 68 years are for ever, so that no sum overflows.
    static func end(of duration: Duration, from start: Int64 = now) -> Int64 {
        if duration <= .zero { return start }
        if duration >= .seconds(Int64(Int32.max)) { return start + Int64(Int32.max) * 1_000_000_000 }
        let (seconds, attoseconds) = duration.components
        return start + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
