// SPDX-License-Identifier: Apache-2.0

/// How often clients may be replaced after fatal errors, and how soon. Pure.
struct RestartLimit {
    let limit: Int
    /// In nanoseconds.
    let period: Int64
    private var times: [Int64] = []

    init(_ recovery: AsyncProducer.Configuration.Recovery) {
        guard case .restart(let limit, let period, _) = recovery else {
            (self.limit, self.period) = (0, 0)
            return
        }
        (self.limit, self.period) = (limit, Int64(period.wholeMilliseconds) * 1_000_000)
    }

    /// How many there were within the period.
    var count: Int { times.count }

    private static var firstDelay: Int64 { 250_000_000 }
    private static var longestDelay: Int64 { 10_000_000_000 }

    /// When the next client may be made, which is counted; nil when there were as many as may be.
    ///
    /// The first one at once: most causes are gone with the client. What it meets as well, time may mend.
    mutating func takeOne(at now: Int64) -> Int64? {
        times.removeAll { $0 <= now - period }
        guard times.count < limit else { return nil }
        defer { times.append(now) }
        return times.isEmpty ? now : now + min(Self.longestDelay, Self.firstDelay << min(times.count - 1, 10))
    }
}
