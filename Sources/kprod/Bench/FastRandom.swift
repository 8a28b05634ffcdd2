// SPDX-License-Identifier: Apache-2.0

import Foundation

/// SplitMix64 (Steele, Lea and Flood, 2014): as random as payloads need to be, eight bytes a step, and the same for
/// the same seed, so that two runs send the same.
struct FastRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// From 0 up to, not including, `limit`; 0 when that is 0.
    mutating func below(_ limit: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(clamping: limit)).high)
    }

    /// A number of the normal distribution around 0, by Box and Muller.
    mutating func nextNormal() -> Double {
        let radius = (-2 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &self))).squareRoot()
        return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self))
    }
}
