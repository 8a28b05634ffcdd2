// SPDX-License-Identifier: Apache-2.0

/// A time in which records are on their way and nothing comes back.
struct Outage: Equatable, Sendable {
    let duration: Duration
    /// Who does not answer, if that is known.
    let broker: String?

    /// As in `waiting for broker-1 (12 s)`.
    var text: String { "waiting for \(broker ?? "an answer") (\(Int(duration / .seconds(1))) s)" }
}

/// Notices outages by looking at the counts now and then.
struct OutageWatch: Sendable {
    /// Silence of so long is one when a connection failed.
    private static let patienceInTrouble = Duration.seconds(1)
    /// And of so long when nobody complained.
    private static let patience = Duration.seconds(5)

    private var settled = 0
    private var since: ContinuousClock.Instant?

    /// The outage that lasts at `now`, if there is one.
    ///
    /// - Parameter settled: How many records have their outcome.
    mutating func look(
        settled: Int,
        inFlight: Int,
        trouble: Trouble?,
        at now: ContinuousClock.Instant
    ) -> Outage? {
        if settled != self.settled || inFlight == 0 || since == nil { since = now }
        self.settled = settled
        guard let since else { return nil }
        let silence = since.duration(to: now)
        // What was wrong before the last delivery is over; a connection may have broken just before it came to light.
        let cause = trouble.flatMap { $0.time >= since - .seconds(1) ? $0 : nil }
        guard silence >= (cause == nil ? Self.patience : Self.patienceInTrouble) else { return nil }
        return Outage(duration: silence, broker: cause?.broker)
    }
}
