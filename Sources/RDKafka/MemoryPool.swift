// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The memory of chunks, by size, used again without the page faults of new memory.
@safe package final class MemoryPool: Sendable {
    private let limit: Int
    private let forkGeneration = ForkGuard.current
    private let state = Mutex(State())

    /// `@unchecked`: whoever takes memory out owns it.
    @safe private struct State: @unchecked Sendable {
        /// By the binary logarithm of the size.
        var free = unsafe [[UnsafeMutableRawPointer]](repeating: [], count: MemoryPool.largest + 1)
        /// Bytes that wait to be used again.
        var pooled = 0
        /// Bytes that somebody has.
        var lent = 0
        /// The least that waited since the last look: nobody needed it.
        var unused = 0

        /// Frees what is pooled until that fits: other sizes before `favoured`, the largest first.
        mutating func shrink(to limit: Int, favoured: Int = 0) {
            for list in unsafe free.indices.reversed().filter({ $0 != favoured }) + [favoured] where pooled > limit {
                while pooled > limit, let memory = unsafe free[list].popLast() {
                    unsafe memory.deallocate()
                    pooled -= 1 << list
                }
            }
        }
    }

    /// Larger ones are of single large messages, whose size hardly comes again.
    private static var largest: Int { 20 }

    /// What stays pooled for good: where chunks come and go, a few are enough.
    private static var kept: Int { 4 << 20 }

    /// - Parameter limit: Bytes of all together, lent and pooled: memory in use hardly ever goes back to the system and comes
    ///   anew, which costs a page fault for each page, and in every thread's arena memory of its own.
    package init(limit: Int) { self.limit = limit }

    /// Bytes that wait to be used again.
    package var pooledBytes: Int { state.withLock { $0.pooled } }

    /// Whether there is more than is kept for good.
    package var hasSurplus: Bool { pooledBytes > Self.kept }

    /// Gives back to the system what nobody has needed since the last call.
    package func trim() {
        state.withLock { state in
            state.shrink(to: max(Self.kept, state.pooled - state.unused))
            state.unused = state.pooled
        }
    }

    deinit {
        guard forkGeneration == ForkGuard.current else { return }
        state.withLock { $0.shrink(to: 0) }
    }

    /// The pool's list for a size, if it has one: powers of two up to 1 MiB.
    private static func list(_ size: Int) -> Int? {
        size > 0 && size & (size - 1) == 0 && size <= 1 << largest ? size.trailingZeroBitCount : nil
    }

    /// The caller owns the memory until it is put back.
    @unsafe func take(_ size: Int) -> UnsafeMutableRawPointer {
        let pooled = state.withLock { state -> UInt in
            state.lent += size
            guard let list = Self.list(size), let memory = unsafe state.free[list].popLast() else {
                // Other sizes make room for it.
                state.shrink(to: max(0, limit - state.lent))
                return 0
            }
            state.pooled -= size
            state.unused = min(state.unused, state.pooled)
            return UInt(bitPattern: memory)
        }
        // An address as a number: a pointer cannot leave the lock's closure.
        return unsafe UnsafeMutableRawPointer(bitPattern: pooled) ?? .allocate(byteCount: size, alignment: 16)
    }

    /// Nobody may use the memory any more.
    @unsafe func put(_ memory: UnsafeMutableRawPointer, _ size: Int) {
        // In a forked child the lock may never be free.
        guard forkGeneration == ForkGuard.current else { return }
        let address = UInt(bitPattern: memory)
        let isKept = state.withLock { state -> Bool in
            state.lent -= size
            let room = limit - state.lent
            guard let list = Self.list(size), size <= room,
                let memory = unsafe UnsafeMutableRawPointer(bitPattern: address)
            else { return false }
            unsafe state.free[list].append(memory)
            state.pooled += size
            if state.pooled > room { state.shrink(to: room, favoured: list) }
            return true
        }
        if !isKept { unsafe memory.deallocate() }
    }
}
