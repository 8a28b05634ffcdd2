// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import kprod

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct PlotTests {
    private var histogram: LatencyHistogram {
        var histogram = LatencyHistogram()
        for value in 1...900 { histogram.record(1_000 + value) }
        for _ in 0..<99 { histogram.record(7_000) }
        histogram.record(150_000)
        return histogram
    }

    @Test func theRowsAreStepsOfALogarithmicAxis() {
        let lines = TerminalPlot.lines(histogram, title: "latency", columns: 80, hasUnicode: true)
        #expect(lines.count == 8)
        #expect(lines[0] == "latency")
        #expect(lines[1].contains(#/^ +1 – 2 ms │█+ +90.0%  p50 p90$/#), "\(lines)")
        #expect(lines[2].contains(#/^ +2 – 5 ms │ +-$/#))
        #expect(lines[3].contains(#/^ +5 – 10 ms │██?█?.? +9.9%  p99 p99.9$/#), "\(lines)")
        #expect(lines[7].contains(#/^ +100 – 200 ms │▏ +0.10%  max$/#), "\(lines)")
    }

    @Test(arguments: [20, 60, 80, 200])
    func fitsTheTerminal(columns: Int) {
        let lines = TerminalPlot.lines(histogram, title: "latency", columns: columns, hasUnicode: true)
        #expect(lines.allSatisfy { $0.count <= max(62, columns) })
    }

    @Test func asciiIsEnough() {
        let lines = TerminalPlot.lines(histogram, title: "latency", columns: nil, hasUnicode: false)
        #expect(lines.joined().allSatisfy { $0.isASCII })
        #expect(lines[1].contains("1 - 2 ms |####"))
        #expect(TerminalPlot.lines(LatencyHistogram(), title: "", columns: nil, hasUnicode: true) == [])
    }

    @Test func theScaleCoversEverything() {
        var histogram = LatencyHistogram()
        for value in [0, 10, 11, 1_000_000_000, Int.max] { histogram.record(value) }
        let scale = LatencyScale(histogram)
        #expect(scale.steps.reduce(0) { $0 + $1.count } == 5)
        #expect(scale.steps.first?.range == 0..<10)
        #expect(scale.steps.first?.count == 2)
        #expect(LatencyScale.label(50) == "0.05")
        #expect(LatencyScale.label(20_000) == "20")
    }

    @Test func theHistogramFileIsHdrHistograms() throws {
        let text = HDRText.text(histogram)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "       Value     Percentile TotalCount 1/(1-Percentile)")
        #expect(lines[1] == "")
        let rows = lines.dropFirst(2).prefix { !$0.hasPrefix("#") }.map { $0.split(separator: " ") }
        #expect(rows.first.map { $0.count } == 4)
        #expect(rows.last.map { $0.map { String($0) } } == ["150.000", "1.000000000000", "1000"])
        let levels = try rows.map { try #require(Double($0[1])) }
        #expect(levels == levels.sorted() && levels.first == 0)
        let values = try rows.map { try #require(Double($0[0])) }
        #expect(values == values.sorted())
        #expect(text.contains("#[Max     =      150.000, Total count    =         1000]"))
        #expect(text.hasSuffix("]\n"))
    }

    @Test func thePictureIsWellFormed() {
        let series = SVGPlot.Series(name: "a < b & c", histogram: histogram, color: "#0969da")
        let empty = SVGPlot.Series(name: "nothing", histogram: LatencyHistogram(), color: "#000000")
        let document = SVGPlot(title: "<t>", subtitle: "s", series: [series, empty]).document()
        let parser = XMLParser(data: Data(document.utf8))
        #expect(parser.parse())
        #expect(document.contains("a &lt; b &amp; c"))
        #expect(!document.contains("nothing"))
        #expect(!document.contains("nan") && !document.contains("inf"))
        #expect(XMLParser(data: Data(SVGPlot(title: "", subtitle: "", series: []).document().utf8)).parse())
    }

    @Test func histogramsAddUp() {
        var sum = LatencyHistogram()
        sum.add(histogram)
        sum.add(LatencyHistogram())
        var other = LatencyHistogram()
        other.record(5)
        sum.add(other)
        #expect(sum.count == 1_001)
        #expect(sum.minimum == 5 && sum.maximum == 150_000)
        #expect(sum.entries.reduce(0) { $0 + $1.count } == 1_001)
        #expect(abs(sum.mean - (histogram.mean * 1_000 + 5) / 1_001) < 0.001)
    }

    /// A broker that was away for a while: what took seconds is not thousands of milliseconds.
    @Test func secondsAreSeconds() {
        var histogram = LatencyHistogram()
        for value in [700, 700_000, 1_500_000, 40_000_000] { histogram.record(value) }
        let lines = TerminalPlot.lines(histogram, title: "t", columns: 80, hasUnicode: false)
        let labels = lines.dropFirst().map { $0.split(separator: "|")[0].trimmingCharacters(in: .whitespaces) }
        #expect(labels.first == "0.5 - 1 ms" && labels.last == "20 - 50 s", "\(labels)")
        #expect(labels.contains("500 ms - 1 s") && labels.contains("1 - 2 s"))
    }

    @Test func aComparisonNamesWhatDiffers() {
        func result(_ workload: String, _ topic: String) -> BenchResult {
            BenchResult(tool: "k", librdkafka: "2", topic: topic, workload: workload, runs: [])
        }
        let lines = BenchText.comparison(
            result("1,000 records, 100 B, 1 producer", "a"),
            result("1,000 records, 200 B, 1 producer", "b"),
            names: ("x", "y")
        )
        #expect(lines.suffix(2) == ["not the same work: 100 B; and 200 B", "not the same topic: a; and b"])
    }
}
