// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// What a benchmark wants to know of a record when its outcome comes; rides with it as its metadata.
struct SendTimes: Sendable {
    /// When the schedule wanted it sent: nanoseconds of ``BenchClock``.
    let intended: UInt64
    /// When it was handed to the producer, which may have made it wait for room.
    let sent: UInt64
    /// The size of its value.
    var bytes: Int32 = 0
    let isWarmup: Bool
}

/// A clock that never goes back and costs little to look at.
enum BenchClock {
    /// In nanoseconds.
    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// From `earlier` to `later`, in microseconds; 0 if it is the other way round.
    static func microseconds(from earlier: UInt64, to later: UInt64) -> Int {
        later > earlier ? Int((later - earlier) / 1_000) : 0
    }
}
