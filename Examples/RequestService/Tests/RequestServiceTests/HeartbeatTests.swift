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

struct MemoryHistoryTests {
    @Test func itKeepsTheNewestAndTheHighest() {
        var history = MemoryHistory(maximumSamples: 2)
        for mebibytes in [5, 1, 2] { history.add(mebibytes << 20) }
        #expect(history.samples == [1 << 20, 2 << 20])
        #expect(history.description == "heap now 2.0 MiB, highest 5.0 MiB, row 1.0 2.0")
    }

    @Test func whatIsAllocatedIsCounted() {
        let before = MemoryHistory.heapInUse
        let bytes = [UInt8](repeating: 1, count: 64 << 20)
        let during = MemoryHistory.heapInUse
        #expect(bytes.count + before <= during + (1 << 20))
    }
}
