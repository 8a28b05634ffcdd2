// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct PaceTests {
    /// Records that take no time of their own, and timers that come late: the time they take altogether.
    private func run(_ rate: Rate, records: Int, of size: Int, lateness: Duration) -> Duration {
        let start = ContinuousClock.now
        var now = start
        var pace = Pace(rate, now: now)
        for _ in 0..<records {
            if let wait = pace.wait(for: size, now: now) { now += wait + lateness }
        }
        return start.duration(to: now)
    }

    @Test(arguments: [Duration.zero, .milliseconds(3), .milliseconds(40)])
    func theRateIsKept(lateness: Duration) {
        let records = run(Rate(perSecond: 5_000, unit: .records), records: 50_000, of: 100, lateness: lateness)
        #expect(abs(records / .seconds(1) - 10) < 0.11)
        let bytes = run(Rate(perSecond: 1 << 20, unit: .bytes), records: 10_240, of: 1_024, lateness: lateness)
        #expect(abs(bytes / .seconds(1) - 10) < 0.11)
    }

    @Test func aPauseIsNotMadeUpFor() {
        let start = ContinuousClock.now
        var pace = Pace(Rate(perSecond: 100, unit: .records), now: start)
        let later = start + .seconds(60)
        var sent = 0
        while pace.wait(for: 1, now: later) == nil { sent += 1 }
        #expect(9...12 ~= sent)
    }

    @Test func rates() throws {
        #expect(try OptionValue.rate("5000/s") == Rate(perSecond: 5_000, unit: .records))
        #expect(try OptionValue.rate("10k/s") == Rate(perSecond: 10_000, unit: .records))
        #expect(try OptionValue.rate("20MiB/s") == Rate(perSecond: 20 << 20, unit: .bytes))
        for text in ["", "5000", "/s", "0/s", "0B/s", "-1/s", "5000/m", "1.5k/s", "9223372036854775807k/s"] {
            #expect(throws: OptionValue.Invalid.self, "\(text)") { try OptionValue.rate(text) }
        }
    }
}
