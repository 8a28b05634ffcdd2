// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Latencies in steps of 1, 2 and 5, each step about twice the one before: a logarithmic axis with round numbers.
struct LatencyScale {
    struct Step: Equatable {
        /// In microseconds; the lower bound is not part of the step.
        let range: Range<Int>
        var count = 0
    }

    /// From the first step with a record in it to the last.
    let steps: [Step]

    init(_ histogram: LatencyHistogram) {
        var steps: [Step] = []
        var lower = 0
        for bound in Self.bounds {
            steps.append(Step(range: lower..<bound))
            lower = bound
        }
        for entry in histogram.entries {
            let index = steps.firstIndex { entry.microseconds <= $0.range.upperBound } ?? steps.count - 1
            steps[index].count += entry.count
        }
        let first = steps.firstIndex { $0.count > 0 } ?? 0
        let last = steps.lastIndex { $0.count > 0 } ?? -1
        self.steps = Array(steps[first..<max(first, last + 1)])
    }

    /// 10 µs to 5,000 s, in microseconds.
    static let bounds: [Int] = (1...9).flatMap { power in [1, 2, 5].map { $0 * Int(pow(10, Double(power))) } }

    /// As in `0.05`, `20` and `1000`: milliseconds.
    static func label(_ microseconds: Int) -> String {
        let (whole, rest) = (microseconds / 1_000, microseconds % 1_000)
        if rest == 0 { return "\(whole)" }
        var digits = String(1_000 + rest).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
