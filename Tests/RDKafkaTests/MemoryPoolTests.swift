// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RDKafka

/// What a pool holds: seen by how much of it a chunk's memory can come from.
@Suite struct MemoryPoolTests {
    private static let megabyte = 1 << 20

    private func chunks(_ count: Int, _ size: Int, of pool: MemoryPool) -> [OpenChunk] {
        (0..<count).map { _ in OpenChunk(capacity: size, pool: pool, opened: 0) }
    }

    @Test func whatComesBackWaitsToBeUsedAgain() {
        let pool = MemoryPool(limit: 16 * Self.megabyte)
        var lent = chunks(10, Self.megabyte, of: pool)
        #expect(pool.pooledBytes == 0)
        lent.removeAll()
        #expect(pool.pooledBytes == 10 * Self.megabyte)
        lent = chunks(4, Self.megabyte, of: pool)
        #expect(pool.pooledBytes == 6 * Self.megabyte)
        #expect(lent.count == 4)
    }

    /// Lent and pooled together are never more than the limit, whatever sizes come and go.
    @Test(arguments: [64, 4_096, 1 << 20]) func theLimitIsOfAllTogether(next: Int) {
        let limit = 8 * Self.megabyte
        let pool = MemoryPool(limit: limit)
        var lent = chunks(8, Self.megabyte, of: pool)
        lent.removeAll()
        var bytes = 0
        while bytes < limit {
            lent += chunks(1, next, of: pool)
            bytes += next
            #expect(pool.pooledBytes + bytes <= limit)
        }
        lent.removeAll()
        #expect(pool.pooledBytes <= limit)
    }

    /// More than the limit was lent, as to a message that is larger than it: nothing of that is kept.
    @Test func nothingIsKeptBeyondTheLimit() {
        let pool = MemoryPool(limit: Self.megabyte)
        var lent = chunks(4, Self.megabyte, of: pool)
        lent.removeAll()
        #expect(pool.pooledBytes <= Self.megabyte)
        lent = chunks(1, 3 * Self.megabyte, of: pool)
        #expect(pool.pooledBytes == 0)
    }

    /// What was not needed between two calls goes back to the system, down to a few.
    @Test func whatNobodyNeedsIsGivenBack() {
        let pool = MemoryPool(limit: 64 * Self.megabyte)
        var lent = chunks(32, Self.megabyte, of: pool)
        lent.removeAll()
        #expect(pool.hasSurplus)
        pool.trim()
        lent = chunks(20, Self.megabyte, of: pool)
        lent.removeAll()
        // 12 were not needed in between.
        pool.trim()
        #expect(pool.pooledBytes == 20 * Self.megabyte)
        pool.trim()
        #expect(pool.pooledBytes == 4 * Self.megabyte)
        #expect(!pool.hasSurplus)
    }
}
