// SPDX-License-Identifier: Apache-2.0

/// The clock of deadlines.
///
/// A `Duration`, not an instant of the clock: the standard library may change the size of that one, and one such field
/// would make the compiler look up the layout of the whole state at run time, for every message.
enum Uptime {
    private static let start = ContinuousClock.now

    /// The time since this was asked first.
    static var now: Duration { ContinuousClock.now - start }

    /// The time when `duration` will be over; 68 years are for ever, so that no sum overflows.
    static func end(of duration: Duration) -> Duration { now + min(duration, .seconds(Int64(Int32.max))) }
}
