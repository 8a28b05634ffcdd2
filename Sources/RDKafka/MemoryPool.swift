// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The memory of chunks, by size, used again without the page faults of new memory.
@safe package final class MemoryPool: Sendable {
    private let limit: Int
    private let state = Mutex(State())

    /// `@unchecked`: whoever takes memory out owns it.
    @safe private struct State: @unchecked Sendable {
        /// By the binary logarithm of the size.
        var free = unsafe [[UnsafeMutableRawPointer]](repeating: [], count: MemoryPool.largest + 1)
        var pooled = 0
        var taken = 0

        /// Frees what is pooled, the largest first, until all together fits.
        mutating func shrink(to limit: Int) {
            for list in unsafe free.indices.reversed() {
                while taken + pooled > limit, let memory = unsafe free[list].popLast() {
                    unsafe memory.deallocate()
                    pooled -= 1 << list
                }
            }
        }
    }

    /// Larger ones are of single large messages, whose size hardly comes again.
    private static var largest: Int { 20 }

    /// - Parameter limit: Bytes taken and pooled together, beyond which what comes back is freed.
    package init(limit: Int) { self.limit = limit }

    deinit {
        state.withLock { state in
            state.taken = 0
            state.shrink(to: 0)
        }
    }

    /// The pool's list for a size, if it has one: powers of two up to 1 MiB.
    private static func list(_ size: Int) -> Int? {
        size > 0 && size & (size - 1) == 0 && size <= 1 << largest ? size.trailingZeroBitCount : nil
    }

    /// The caller owns the memory until it is put back.
    @unsafe func take(_ size: Int) -> UnsafeMutableRawPointer {
        let pooled = state.withLock { state -> UInt in
            state.taken += size
            if let list = Self.list(size), let memory = unsafe state.free[list].popLast() {
                state.pooled -= size
                return UInt(bitPattern: memory)
            }
            state.shrink(to: limit)
            return 0
        }
        // An address as a number: a pointer cannot leave the lock's closure.
        return unsafe UnsafeMutableRawPointer(bitPattern: pooled) ?? .allocate(byteCount: size, alignment: 16)
    }

    /// Nobody may use the memory any more.
    @unsafe func put(_ memory: UnsafeMutableRawPointer, _ size: Int) {
        let address = UInt(bitPattern: memory)
        let isKept = state.withLock { state -> Bool in
            state.taken -= size
            guard let list = Self.list(size), state.taken + state.pooled + size <= limit,
                let memory = unsafe UnsafeMutableRawPointer(bitPattern: address)
            else { return false }
            unsafe state.free[list].append(memory)
            state.pooled += size
            return true
        }
        if !isKept { unsafe memory.deallocate() }
    }
}
