// SPDX-License-Identifier: Apache-2.0

/// When a host sends: each at its own moment of every period, so that a thousand hosts do not send in the same second.
struct SendingTime: Equatable, Sendable {
    let period: Duration
    /// From the beginning of a period, counted from 1970.
    let offset: Duration

    init(host: String, period: Duration) {
        self.period = period
        let milliseconds = UInt64(max(1, period / .milliseconds(1)))
        offset = .milliseconds(Int64(Self.hash(host) % milliseconds))
    }

    /// From a time since 1970 to the host's next moment; never zero.
    func wait(from time: Duration) -> Duration {
        let milliseconds = Int64(max(1, period / .milliseconds(1)))
        let (position, moment) = (Int64(time / .milliseconds(1)) % milliseconds, Int64(offset / .milliseconds(1)))
        return .milliseconds(moment > position ? moment - position : moment - position + milliseconds)
    }

    /// FNV-1a: Swift's own hashes are others after every start, and a host should keep its moment.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
