// SPDX-License-Identifier: Apache-2.0

/// When each record is to be sent, whatever became of the ones before: an open loop.
///
/// A producer that stalls does not slow the schedule down, so that records which had to wait for it count as late. That
/// is what a measurement by the moment of sending hides ("coordinated omission").
///
/// Records that come faster than one a millisecond are due in groups, one group a millisecond: to sleep for each would
/// cost more of the processor than to send it.
struct Schedule: Sendable {
    private static let tick = 1e6

    /// In nanoseconds of ``BenchClock``.
    let start: UInt64
    /// Nanoseconds from one record to the next; nil is as fast as possible.
    let interval: Double?

    init(start: UInt64, rate: Double?) {
        self.start = start
        interval = rate.map { 1e9 / $0 }
    }

    /// When the record with this number is due; nil is now.
    func due(_ number: Int) -> UInt64? {
        interval.map { interval in
            let time = min(Double(number) * interval, 9e18)
            return start &+ UInt64(interval < Self.tick ? (time / Self.tick).rounded(.down) * Self.tick : time)
        }
    }
}
