// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

/// How large chunks are, and what it costs to let them grow.
@Suite struct ChunkSizeTests {
    /// 1,000,000 bytes, a thousand at a time, in a budget that always has little more room than the next message: grown by
    /// that alone, everything before would be copied with each.
    @Test(arguments: [1_000, 10_000, 1 << 20]) func growthCopiesEachByteAFewTimes(room: Int) {
        var (capacity, used, copied, closed) = (1_024, 0, 0, 0)
        for _ in 0..<1_000 {
            if used + 1_000 > capacity {
                if let larger = ChunkSize.growing(capacity, for: used + 1_000, room: room) {
                    #expect(larger <= capacity + room)
                    copied += used
                    capacity = larger
                } else {
                    (capacity, used) = (1_024, 0)
                    closed += 1
                }
            }
            used += 1_000
        }
        #expect(copied <= 5_000_000, "and closed \(closed) chunks")
    }

    @Test func aChunkDoublesWhereThereIsRoom() {
        #expect(ChunkSize.growing(1_024, for: 1_100, room: 1 << 20) == 2_048)
        #expect(ChunkSize.growing(1_024, for: 9_000, room: 1 << 20) == 16_384)
    }

    @Test func littleRoomIsNoReasonForASmallChunkWhileMoreWillCome() {
        #expect(ChunkSize.opening(for: 1_000, preferred: 1 << 20, room: 100_000, isPatient: true) == nil)
        #expect(ChunkSize.opening(for: 1_000, preferred: 1 << 20, room: 300_000, isPatient: true) == 262_144)
        #expect(ChunkSize.opening(for: 1_000, preferred: 1_024, room: 1_024, isPatient: true) == 1_024)
    }

    @Test func theLastOfABudgetIsUsedWhereNothingComesBack() {
        #expect(ChunkSize.opening(for: 1_000, preferred: 1 << 20, room: 100_000, isPatient: false) == 65_536)
        #expect(ChunkSize.opening(for: 1_000, preferred: 1 << 20, room: 1_500, isPatient: false) == 1_024)
        #expect(ChunkSize.opening(for: 1_000, preferred: 1 << 20, room: 1_001, isPatient: false) == 1_000)
        #expect(ChunkSize.opening(for: 1_001, preferred: 1 << 20, room: 1_001, isPatient: false) == nil)
    }

    @Test func aLargeMessageHasAChunkOfItsOwn() {
        #expect(ChunkSize.opening(for: 5_000_000, preferred: 64, room: 1 << 25, isPatient: true) == 5_001_216)
    }
}
