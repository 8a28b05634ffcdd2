// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The lines of kafka-producer-perf-test.sh (Kafka 4.3), byte for byte: scripts parse them.
enum PerfText {
    static func warmup(_ records: Int) -> String {
        "Warmup first \(records) records. Steady state results will print after the complete test summary."
    }

    static let inSteadyState = "In steady state."

    /// The line of every five seconds. Latencies are those of a finer clock: the original has whole milliseconds.
    static func window(_ window: BenchMeter.Window, elapsed: Double) -> String {
        let average = Double(window.latency) / 1_000 / Double(window.records)
        return "\(window.records) records sent, \(number(rate(window.records, elapsed), 1)) records/sec "
            + "(\(number(megabytes(window.bytes, elapsed), 2)) MB/sec), \(number(average, 1)) ms avg latency, "
            + "\(number(Double(window.largestLatency) / 1_000, 1)) ms max latency."
    }

    /// The last line; failures are not in it.
    static func total(_ tally: BenchMeter.Tally, elapsed: Double, isSteadyState: Bool = false) -> String {
        let latency = tally.latencies.send
        let average = latency.count == 0 ? Double.nan : latency.mean / 1_000
        let percentiles = [0.5, 0.95, 0.99, 0.999].map { latency.percentile($0) / 1_000 }
        return "\(tally.records)\(isSteadyState ? " steady state" : "") records sent, "
            + "\(number(rate(tally.records, elapsed), 6)) records/sec "
            + "(\(number(megabytes(tally.bytes, elapsed), 2)) MB/sec), \(number(average, 2)) ms avg latency, "
            + "\(number(Double(latency.maximum) / 1_000, 2)) ms max latency, \(percentiles[0]) ms 50th, "
            + "\(percentiles[1]) ms 95th, \(percentiles[2]) ms 99th, \(percentiles[3]) ms 99.9th."
    }

    /// Metrics under the names that Java's producer has for them, as `--print-metrics` lays them out.
    static func metrics(_ outcome: BenchOutcome, clientID: String) -> [String] {
        let wire = outcome.wire
        let seconds = outcome.elapsed
        func average(_ window: (sum: Int, count: Int)) -> Double {
            window.count == 0 ? .nan : Double(window.sum) / Double(window.count)
        }
        let values: [(name: String, value: Double)] = [
            ("batch-size-avg", average(wire.batchSize)),
            ("bufferpool-wait-time-ns-total", Double(outcome.waits.time)),
            ("outgoing-byte-rate", Double(wire.bytes) / seconds),
            ("outgoing-byte-total", Double(wire.bytes)),
            ("record-error-rate", Double(outcome.account.failed) / seconds),
            ("record-error-total", Double(outcome.account.failed)),
            ("record-retry-total", Double(wire.retries)),
            ("record-send-rate", Double(outcome.account.delivered) / seconds),
            ("record-send-total", Double(outcome.account.delivered)),
            ("records-per-request-avg", Double(outcome.account.delivered) / Double(wire.requests)),
            ("request-latency-avg", average(wire.roundTripTime) / 1_000),
            ("request-rate", Double(wire.requests) / seconds),
            ("request-total", Double(wire.requests)),
        ]
        let rows = values.map { ("producer-metrics:\($0.name):{client-id=\(printable(clientID))}", $0.value) }
        let width = rows.map { $0.0.count }.max() ?? 0
        func padded(_ text: String) -> String { text + String(repeating: " ", count: width - text.count) }
        return ["", "\(padded("Metric Name"))   Value"] + rows.map { "\(padded($0.0)) : \(number($0.1, 3))" }
    }

    private static func rate(_ records: Int, _ elapsed: Double) -> Double { Double(records) / elapsed }

    private static func megabytes(_ bytes: Int, _ elapsed: Double) -> Double { Double(bytes) / elapsed / 1_048_576 }

    /// As Java's `%.Nf`.
    private static func number(_ value: Double, _ decimals: Int) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
        return String(format: "%.\(decimals)f", value)
    }
}
