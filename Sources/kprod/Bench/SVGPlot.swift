// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The latencies of a run as a picture: a curve by percentile, and a histogram, both on logarithmic axes.
struct SVGPlot {
    /// A curve with its name.
    struct Series {
        let name: String
        let histogram: LatencyHistogram
        let color: String
    }

    private struct Frame {
        let left, top, width, height: Double

        var right: Double { left + width }
        var bottom: Double { top + height }
    }

    private static let size = (width: 960.0, height: 436.0)
    private static let curves = Frame(left: 64, top: 98, width: 500, height: 278)
    private static let bars = Frame(left: 640, top: 98, width: 290, height: 278)

    let title: String
    let subtitle: String
    let series: [Series]
    private let scale: LogScale
    private var elements: [String] = []

    init(title: String, subtitle: String, series: [Series]) {
        self.title = title
        self.subtitle = subtitle
        self.series = series.filter { $0.histogram.count > 0 }
        scale = LogScale(
            from: self.series.map { max(1, $0.histogram.percentile(0.001)) }.min() ?? 1,
            to: self.series.map(\.histogram.maximum).max() ?? 10
        )
    }

    /// The whole document.
    func document() -> String {
        var plot = self
        plot.text(title, 24, 34, size: 19, weight: 600)
        plot.text(subtitle, 24, 56, size: 13, color: "#57606a")
        plot.drawCurves()
        plot.drawBars()
        plot.drawLegend()
        let (width, height) = (Int(Self.size.width), Int(Self.size.height))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
            height="\(height)" role="img" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
            <title>\(Self.escaped(title))</title>
            <rect width="\(width)" height="\(height)" rx="8" fill="#ffffff"/>
            \(plot.elements.joined(separator: "\n"))
            </svg>

            """
    }

    // MARK: Latency by percentile

    private mutating func drawCurves() {
        let frame = Self.curves
        for tick in scale.ticks {
            let y = frame.bottom - scale.position(tick) * frame.height
            line(frame.left, y, frame.right, y, LogScale.isPowerOfTen(tick) ? "#d0d7de" : "#eef1f4")
            text(LatencyScale.label(tick), frame.left - 8, y + 4, anchor: "end", color: "#57606a")
        }
        // The last level of which there are ten records or more.
        let most = series.map(\.histogram.count).max() ?? 1
        let nines = min(6, max(2, Int(log10(Double(most)) - 1)))
        for nine in 0...nines {
            let x = frame.left + Double(nine) / Double(nines) * frame.width
            line(x, frame.top, x, frame.bottom, "#eef1f4")
            let label = ["0", "90", "99", "99.9", "99.99", "99.999", "99.9999"][nine]
            text(label, x, frame.bottom + 18, anchor: "middle", color: "#57606a")
        }
        text("percentile", frame.right, frame.bottom + 36, anchor: "end", color: "#57606a")
        text("latency, ms", frame.left - 40, frame.top - 10, color: "#57606a")
        for one in series {
            let points = (0...240).map { step -> String in
                let level = Double(step) / 240 * Double(nines)
                let value = max(1, one.histogram.percentile(1 - pow(10, -level)))
                let x = frame.left + level / Double(nines) * frame.width
                return "\(Self.number(x)),\(Self.number(frame.bottom - scale.position(value) * frame.height))"
            }
            elements.append(
                "<polyline fill=\"none\" stroke=\"\(one.color)\" stroke-width=\"2.2\" stroke-linejoin=\"round\" "
                    + "points=\"\(points.joined(separator: " "))\"/>"
            )
        }
    }

    // MARK: How many records took how long

    private mutating func drawBars() {
        let frame = Self.bars
        guard let first = series.first else { return }
        let count = 44
        var shares = [Double](repeating: 0, count: count)
        for entry in first.histogram.entries {
            let index = Int(scale.position(max(1, entry.microseconds)) * Double(count))
            shares[min(max(0, index), count - 1)] += Double(entry.count) / Double(first.histogram.count)
        }
        let most = max(shares.max() ?? 1, 1e-9)
        let width = frame.width / Double(count)
        for (index, share) in shares.enumerated() where share > 0 {
            // What is there is seen.
            let height = max(1, share / most * frame.height)
            elements.append(
                "<rect x=\"\(Self.number(frame.left + Double(index) * width + 0.6))\" "
                    + "y=\"\(Self.number(frame.bottom - height))\" width=\"\(Self.number(width - 1.2))\" "
                    + "height=\"\(Self.number(height))\" rx=\"1\" fill=\"\(first.color)\" fill-opacity=\"0.75\"/>"
            )
        }
        line(frame.left, frame.bottom, frame.right, frame.bottom, "#d0d7de")
        for tick in scale.ticks where LogScale.isPowerOfTen(tick) {
            let x = frame.left + scale.position(tick) * frame.width
            line(x, frame.bottom, x, frame.bottom + 4, "#d0d7de")
            text(LatencyScale.label(tick), x, frame.bottom + 18, anchor: "middle", color: "#57606a")
        }
        text("latency, ms", frame.right, frame.bottom + 36, anchor: "end", color: "#57606a")
        text(
            "share of records, tallest \(NumberText.decimal(most * 100)) %",
            frame.left,
            frame.top - 10,
            color: "#57606a"
        )
        for (share, name) in [(0.5, "p50"), (0.99, "p99")] {
            let x = frame.left + scale.position(max(1, first.histogram.percentile(share))) * frame.width
            line(x, frame.top, x, frame.bottom, "#8c959f", dashes: "3 3")
            text(name, x + 4, frame.top + 10, size: 11, color: "#57606a")
        }
    }

    private mutating func drawLegend() {
        var x = Self.curves.left
        for one in series {
            let y = Self.size.height - 16
            line(x, y - 4, x + 20, y - 4, one.color, width: 2.6)
            text(one.name, x + 27, y, color: "#24292f")
            x += 46 + Double(one.name.count) * 6.6
        }
    }

    // MARK: Elements

    private mutating func line(
        _ x1: Double,
        _ y1: Double,
        _ x2: Double,
        _ y2: Double,
        _ color: String,
        width: Double = 1,
        dashes: String? = nil
    ) {
        let dash = dashes.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        elements.append(
            "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
                + "y2=\"\(Self.number(y2))\" stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\"\(dash)/>"
        )
    }

    private mutating func text(
        _ text: String,
        _ x: Double,
        _ y: Double,
        size: Int = 12,
        weight: Int = 400,
        anchor: String = "start",
        color: String = "#24292f"
    ) {
        elements.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(size)\" font-weight=\"\(weight)\" "
                + "text-anchor=\"\(anchor)\" fill=\"\(color)\">\(Self.escaped(text))</text>"
        )
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

/// A logarithmic axis from one step of 1, 2, 5 to another.
struct LogScale {
    /// In microseconds.
    let ticks: [Int]
    private let start: Double
    private let span: Double

    init(from least: Int, to greatest: Int) {
        let bounds = [1, 2, 5] + LatencyScale.bounds
        let lower = bounds.last { $0 <= least } ?? 1
        let upper = bounds.first { $0 >= greatest && $0 > lower } ?? bounds.last ?? 10
        ticks = bounds.filter { lower...max(lower, upper) ~= $0 }
        start = log10(Double(lower))
        span = max(log10(Double(upper)) - start, 0.1)
    }

    /// 0 at the beginning of the axis, 1 at its end.
    func position(_ microseconds: Int) -> Double {
        min(max((log10(Double(max(1, microseconds))) - start) / span, 0), 1)
    }

    static func isPowerOfTen(_ value: Int) -> Bool {
        let power = log10(Double(value))
        return power == power.rounded()
    }
}
