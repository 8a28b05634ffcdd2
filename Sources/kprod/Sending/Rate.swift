// SPDX-License-Identifier: Apache-2.0

/// How many records or bytes go out in a second at most.
struct Rate: Equatable, Sendable {
    enum Unit: Sendable {
        case records, bytes
    }

    let perSecond: Int
    let unit: Unit
}

/// Spreads records evenly over time.
///
/// Pure: the time goes in, how long to wait comes out.
struct Pace {
    /// Waiting for less is not worth a timer.
    private static let grain = Duration.milliseconds(5)
    /// What was missed, as timers come late and input pauses, is made up for no further than this.
    private static let memory = Duration.milliseconds(100)

    let rate: Rate
    /// When the next record is due.
    private var due: ContinuousClock.Instant

    init(_ rate: Rate, now: ContinuousClock.Instant) {
        self.rate = rate
        due = now
    }

    /// Takes the turn of a record of so many bytes; returns how long to wait for it.
    mutating func wait(for bytes: Int, now: ContinuousClock.Instant) -> Duration? {
        due = max(due, now - Self.memory)
        let wait = now.duration(to: due)
        let amount = rate.unit == .bytes ? bytes : 1
        due += .seconds(Double(amount) / Double(rate.perSecond))
        return wait > Self.grain ? wait : nil
    }
}
