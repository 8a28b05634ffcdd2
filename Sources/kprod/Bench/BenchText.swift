// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a benchmark says to people.
enum BenchText {
    /// The numbers of one run.
    static func lines(_ run: BenchResult.Run, producers: Int) -> [String] {
        let size = Double(run.wireBytes) / Double(max(1, run.records))
        var facts = [
            [
                "throughput", "\(NumberText.grouped(Int(run.recordsPerSecond.rounded()))) records/s",
                "\(NumberText.decimal(run.mibPerSecond)) MiB/s in \(NumberText.decimal(run.elapsedSeconds)) s",
            ],
            [
                "processor", "\(NumberText.decimal(run.cpuSecondsPerMillion)) s per million records",
                "\(NumberText.decimal(run.cpuSeconds)) s, this whole process",
            ],
            [
                "batches", "\(NumberText.grouped(run.batchRecordsP50)) records p50",
                run.batchBytesMean.map { "\(NumberText.bytes(Int($0))) mean, as sent" } ?? "",
            ],
            [
                "wire", "\(NumberText.bytes(run.wireBytes)) in \(NumberText.grouped(run.requests)) requests",
                "\(NumberText.decimal(size)) bytes per record"
                    + (run.roundTripMs.map { ", answered in \(NumberText.decimal($0)) ms mean" } ?? ""),
            ],
        ]
        if run.queueFullWaits > 0 {
            facts.append([
                "queue full", "\(NumberText.grouped(run.queueFullWaits)) wait\(run.queueFullWaits == 1 ? "" : "s")",
                "\(NumberText.decimal(run.queueFullSeconds)) s of \(producers == 1 ? "the" : "\(producers)") "
                    + "sender\(producers == 1 ? "'s" : "s'") time",
            ])
        }
        let widths = (0..<2).map { column in facts.map { $0[column].count }.max() ?? 0 }
        return facts.map { row in
            let cells = (0..<2).map { row[$0] + String(repeating: " ", count: widths[$0] - row[$0].count) }
            return "\(cells[0])  \(cells[1])  \(row[2])"
        }
    }

    /// Percentiles by where the clock starts.
    static func latencies(_ run: BenchResult.Run, isScheduled: Bool) -> [String] {
        func row(_ title: String, _ latency: BenchResult.Latency) -> [String] {
            [title]
                + [
                    latency.p50, latency.p90, latency.p99, latency.p999, latency.p9999, latency.max, latency.mean,
                ].map { NumberText.decimal($0) }
        }
        var rows = [["latency, ms", "p50", "p90", "p99", "p99.9", "p99.99", "max", "mean"]]
        if isScheduled { rows.append(row("since it was due", run.response)) }
        rows.append(row("since the call of send", run.send))
        rows.append(row("in client and broker", run.service))
        return table(rows)
    }

    /// The spread of several runs.
    static func spread(_ runs: [BenchResult.Run]) -> [String] {
        var rows = [["\(runs.count) runs", "median", "min", "max"]]
        for metric in BenchMetric.all {
            guard let spread = metric.spread(of: runs) else { continue }
            rows.append([metric.title] + [spread.median, spread.least, spread.greatest].map(metric.text))
        }
        return table(rows)
    }

    /// Two results side by side.
    static func comparison(_ left: BenchResult, _ right: BenchResult, names: (String, String)) -> [String] {
        var rows = [["median of \(left.runs.count) and \(right.runs.count) runs", names.0, names.1, "change", ""]]
        for metric in BenchMetric.all {
            guard let one = metric.spread(of: left.runs), let other = metric.spread(of: right.runs) else { continue }
            // Where the ranges overlap, the difference may be chance.
            let isClear = one.greatest < other.least || other.greatest < one.least
            let isBetter = (other.median > one.median) == (metric.better == .more)
            let verdict =
                one.median == other.median ? "" : !isClear ? "within the spread" : isBetter ? "better" : "worse"
            let change = one.median == 0 ? "" : NumberText.percentChange(other.median / one.median)
            rows.append([metric.title, metric.text(one.median), metric.text(other.median), change, verdict])
        }
        var lines = table(rows)
        for (what, one, other) in [
            ("work", left.workload, right.workload), ("topic", left.topic, right.topic),
            ("librdkafka", left.librdkafka, right.librdkafka), ("tool", left.tool, right.tool),
        ] {
            if let difference = difference(one, other) { lines.append("not the same \(what): \(difference)") }
        }
        return lines
    }

    /// What only one of two texts says; nil when they say the same.
    private static func difference(_ left: String, _ right: String) -> String? {
        let (left, right) = (left.components(separatedBy: ", "), right.components(separatedBy: ", "))
        func rest(_ parts: [String], without others: [String]) -> String {
            let own = parts.filter { !others.contains($0) }
            return own.isEmpty ? "nothing like it" : printable(own.joined(separator: ", "))
        }
        if left == right { return nil }
        return "\(rest(left, without: right)); and \(rest(right, without: left))"
    }

    /// The first row is the head, and what is not in the first column is a number.
    private static func table(_ rows: [[String]]) -> [String] {
        guard let head = rows.first else { return [] }
        return TextTable(head, rightAligned: Set(1..<head.count), rows: Array(rows.dropFirst())).lines
    }

    /// A heading and a row a run.
    static func csv(_ result: BenchResult) -> [String] {
        let head = ["run", "records", "failed", "elapsed_s"] + BenchMetric.all.map(\.name)
        let rows = result.runs.enumerated().map { index, run in
            ["\(index + 1)", "\(run.records)", "\(run.failed)", "\(run.elapsedSeconds)"]
                + BenchMetric.all.map { "\($0.value(run))" }
        }
        return ([head] + rows).map { $0.joined(separator: ",") }
    }
}
