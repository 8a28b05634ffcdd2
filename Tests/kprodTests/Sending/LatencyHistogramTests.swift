// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct LatencyHistogramTests {
    @Test func isEmptyAtFirst() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == 0)
        #expect(histogram.maximum == 0)
    }

    @Test func isExactForSmallValues() {
        var histogram = LatencyHistogram()
        for value in 1...60 { histogram.record(value) }
        #expect(histogram.percentile(0.5) == 30)
        #expect(histogram.percentile(1) == 60)
        #expect(histogram.percentile(0) == 1)
        #expect(histogram.count == 60)
    }

    /// Against the sorted list, for values of many sizes.
    @Test(arguments: [0.5, 0.9, 0.99, 0.999])
    func isWithinThreePercent(share: Double) {
        var histogram = LatencyHistogram()
        var values: [Int] = []
        for power in 0..<34 {
            for _ in 0..<50 { values.append(Int.random(in: (1 << power)..<(2 << power))) }
        }
        for value in values { histogram.record(value) }
        values.sort()
        let exact = values[Int((Double(values.count) * share).rounded(.up)) - 1]
        let found = histogram.percentile(share)
        #expect(found >= exact)
        #expect(Double(found) <= Double(exact) * 1.04)
    }

    @Test func takesAnyDuration() {
        var histogram = LatencyHistogram()
        histogram.record(.milliseconds(3))
        #expect(histogram.maximum == 3_000)
        histogram.record(.seconds(-5))
        #expect(histogram.percentile(0.5) == 0)
        histogram.record(.seconds(Int64.max))
        histogram.record(Int.max)
        #expect(histogram.percentile(1) > 0)
        #expect(histogram.count == 4)
    }
}
