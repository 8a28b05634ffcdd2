// SPDX-License-Identifier: Apache-2.0

/// A histogram of latencies in text: a row for each step of a logarithmic axis.
enum TerminalPlot {
    /// - Parameter columns: How wide it may be; what is known of no terminal gets 80.
    static func lines(
        _ histogram: LatencyHistogram,
        title: String,
        columns: Int?,
        hasUnicode: Bool
    ) -> [String] {
        let steps = LatencyScale(histogram).steps
        guard histogram.count > 0, let most = steps.map(\.count).max() else { return [] }
        let marks: [(name: String, value: Int)] = [
            ("p50", histogram.percentile(0.5)), ("p90", histogram.percentile(0.9)), ("p99", histogram.percentile(0.99)),
            ("p99.9", histogram.percentile(0.999)), ("max", histogram.maximum),
        ]
        let labels = steps.map { label($0.range, hasUnicode) }
        let labelWidth = labels.map(\.count).max() ?? 0
        // The frame around the bars: label, share of the records, names of percentiles.
        let width = max(10, min(columns ?? 80, 100) - labelWidth - 36)
        var lines = [title]
        for (step, label) in zip(steps, labels) {
            let names = marks.filter { step.range.contains(max(0, $0.value - 1)) }.map(\.name).joined(separator: " ")
            let share = Double(step.count) / Double(histogram.count)
            let bar = bar(Double(step.count) / Double(most), width, isEmpty: step.count == 0, hasUnicode)
            var line =
                String(repeating: " ", count: labelWidth - label.count + 2) + label + " \(hasUnicode ? "│" : "|")"
            line += bar + " " + percent(share, step.count) + "  " + names
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines
    }

    /// `1 – 2 ms`, `500 ms – 1 s`, `1 – 2 s`.
    private static func label(_ range: Range<Int>, _ hasUnicode: Bool) -> String {
        func unit(_ microseconds: Int) -> String { microseconds < 1_000_000 ? "ms" : "s" }
        func number(_ microseconds: Int) -> String {
            LatencyScale.label(microseconds < 1_000_000 ? microseconds : microseconds / 1_000)
        }
        let (lower, upper) = (range.lowerBound, range.upperBound)
        let lowerUnit = unit(lower) == unit(upper) || lower == 0 ? "" : " \(unit(lower))"
        return "\(number(lower))\(lowerUnit) \(hasUnicode ? "–" : "-") \(number(upper)) \(unit(upper))"
    }

    /// Seven characters; a few of many are not none.
    private static func percent(_ share: Double, _ count: Int) -> String {
        let value = share * 100
        let text = count == 0 ? "-" : value < 0.005 ? "<0.01%" : NumberText.decimal(value) + "%"
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }

    /// As long as its share of `width`, in eighths where there are such characters; anything above none is visible.
    private static func bar(_ share: Double, _ width: Int, isEmpty: Bool, _ hasUnicode: Bool) -> String {
        guard hasUnicode else {
            let length = isEmpty ? 0 : max(1, Int((share * Double(width)).rounded()))
            return String(repeating: "#", count: length) + String(repeating: " ", count: width - length)
        }
        let eighths = isEmpty ? 0 : max(1, Int((share * Double(width * 8)).rounded()))
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        let length = eighths / 8 + (partial.isEmpty ? 0 : 1)
        return String(repeating: "█", count: eighths / 8) + partial + String(repeating: " ", count: width - length)
    }
}
