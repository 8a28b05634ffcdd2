// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit

/// Payloads that are the same for the same seed: two runs send the same.
extension SplitMix64 {
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
