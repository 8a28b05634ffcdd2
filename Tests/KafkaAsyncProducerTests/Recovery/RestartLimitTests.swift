// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

@Suite struct RestartLimitTests {
    private static let second: Int64 = 1_000_000_000

    @Test func noMoreThanTheLimitWithinThePeriod() {
        var limit = RestartLimit(.restart(limit: 2, within: .seconds(60)))
        #expect(limit.takeOne(at: 0) == 0)
        #expect(limit.takeOne(at: Self.second) != nil)
        #expect(limit.takeOne(at: 59 * Self.second) == nil)
        // The first is out of the period, and what was refused does not count.
        #expect(limit.takeOne(at: 60 * Self.second) != nil)
        #expect(limit.takeOne(at: 60 * Self.second) == nil)
    }

    @Test func eachOneWithinThePeriodWaitsTwiceAsLong() {
        var limit = RestartLimit(.restart(limit: 10_000, within: .seconds(1_000)))
        let delays = (0..<12).map { _ in limit.takeOne(at: 5 * Self.second).map { $0 - 5 * Self.second } }
        #expect(delays.prefix(4) == [0, 250_000_000, 500_000_000, 1_000_000_000])
        #expect(delays.suffix(4).allSatisfy { $0 == 10 * Self.second })
    }

    @Test func withoutRecoveryThereIsNone() {
        var limit = RestartLimit(.none)
        #expect(limit.takeOne(at: 0) == nil)
    }
}
