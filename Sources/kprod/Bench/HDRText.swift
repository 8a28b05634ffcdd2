// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The percentile distribution as HdrHistogram's tools write and plot it (`.hgrm`), in milliseconds.
enum HDRText {
    /// Steps for each halving of what is left to 100 %.
    private static let steps = 5.0

    static func text(_ histogram: LatencyHistogram) -> String {
        var lines = [
            "\(padded("Value", 12)) \(padded("Percentile", 14)) \(padded("TotalCount", 10)) \(padded("1/(1-Percentile)", 14))",
            "",
        ]
        var seen = 0
        var level = 0.0
        for entry in histogram.entries {
            seen += entry.count
            let isLast = seen == histogram.count
            let share = Double(seen) / Double(histogram.count)
            while level <= share, level < 1 {
                lines.append("\(row(entry.microseconds, level, seen)) \(number(1 / (1 - level), 14, 2))")
                level += 1 / (steps * Foundation.exp2(Foundation.log2(1 / (1 - level)).rounded(.down) + 1))
                if isLast { break }
            }
            if isLast { lines.append(row(entry.microseconds, 1, seen)) }
        }
        let (mean, deviation) = (histogram.mean / 1_000, histogram.standardDeviation / 1_000)
        lines += [
            "#[Mean    = \(number(mean, 12, 3)), StdDeviation   = \(number(deviation, 12, 3))]",
            "#[Max     = \(number(Double(histogram.maximum) / 1_000, 12, 3)), "
                + "Total count    = \(padded("\(histogram.count)", 12))]",
            "#[Buckets = \(padded("32", 12)), SubBuckets     = \(padded("32", 12))]",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ microseconds: Int, _ level: Double, _ seen: Int) -> String {
        "\(number(Double(microseconds) / 1_000, 12, 3)) \(number(level, 2, 12)) \(padded("\(seen)", 10))"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func number(_ value: Double, _ width: Int, _ decimals: Int) -> String {
        padded(String(format: "%.\(decimals)f", value), width)
    }
}
