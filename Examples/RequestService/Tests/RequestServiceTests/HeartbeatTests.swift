// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RequestService

struct HeartbeatTests {
    @Test func itsLossIsToldOnceAndItsReturnOnce() {
        let start = ContinuousClock.now
        let heartbeat = Heartbeat(limit: .seconds(5), now: start)
        #expect(heartbeat.check(now: start + .seconds(5)) == nil)
        #expect(heartbeat.check(now: start + .seconds(6)) == .lost)
        #expect(heartbeat.isLost)
        #expect(heartbeat.check(now: start + .seconds(60)) == nil)
        heartbeat.beat(now: start + .seconds(61))
        #expect(heartbeat.check(now: start + .seconds(62)) == .back)
        #expect(heartbeat.check(now: start + .seconds(63)) == nil)
        #expect(heartbeat.age(now: start + .seconds(63)) == .seconds(2))
    }
}
