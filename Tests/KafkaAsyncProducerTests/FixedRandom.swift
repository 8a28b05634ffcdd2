// SPDX-License-Identifier: Apache-2.0

/// The same numbers in each run (xorshift).
struct FixedRandom: RandomNumberGenerator {
    private var state: UInt64 = 0x9e37_79b9_7f4a_7c15

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
