// SPDX-License-Identifier: Apache-2.0

/// A number that runs are compared by.
struct BenchMetric: Sendable {
    /// Which way is an improvement.
    enum Better: Sendable {
        case more, less
    }

    /// The name in CSV and JSON.
    let name: String
    let title: String
    let better: Better
    let value: @Sendable (BenchResult.Run) -> Double
    let text: @Sendable (Double) -> String

    static let all: [BenchMetric] = [
        BenchMetric(name: "records_per_s", title: "records/s", better: .more, value: { $0.recordsPerSecond }) {
            NumberText.grouped(Int($0.rounded()))
        },
        BenchMetric(name: "mib_per_s", title: "MiB/s", better: .more, value: { $0.mibPerSecond }, text: decimal),
        BenchMetric(
            name: "cpu_s_per_million",
            title: "CPU s per million",
            better: .less,
            value: { $0.cpuSecondsPerMillion },
            text: decimal
        ),
        milliseconds("response_p50_ms", "latency p50, ms") { $0.response.p50 },
        milliseconds("response_p99_ms", "latency p99, ms") { $0.response.p99 },
        milliseconds("response_p99.9_ms", "latency p99.9, ms") { $0.response.p999 },
        milliseconds("response_max_ms", "latency max, ms") { $0.response.max },
        milliseconds("service_p50_ms", "in the client p50, ms") { $0.service.p50 },
        milliseconds("service_p99_ms", "in the client p99, ms") { $0.service.p99 },
        BenchMetric(
            name: "batch_records_p50",
            title: "records a batch p50",
            better: .more,
            value: { Double($0.batchRecordsP50) }
        ) { NumberText.grouped(Int($0.rounded())) },
        BenchMetric(
            name: "wire_bytes_per_record",
            title: "wire bytes per record",
            better: .less,
            value: { Double($0.wireBytes) / Double(max(1, $0.records)) },
            text: decimal
        ),
        BenchMetric(
            name: "queue_full_s",
            title: "queue full, s",
            better: .less,
            value: { $0.queueFullSeconds },
            text: decimal
        ),
    ]

    /// The value in the middle, the least and the greatest.
    func spread(of runs: [BenchResult.Run]) -> (median: Double, least: Double, greatest: Double)? {
        let values = runs.map(value).sorted()
        guard let least = values.first, let greatest = values.last else { return nil }
        let middle = values.count / 2
        let median = values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
        return (median, least, greatest)
    }

    private static func milliseconds(
        _ name: String,
        _ title: String,
        _ value: @escaping @Sendable (BenchResult.Run) -> Double
    ) -> BenchMetric {
        BenchMetric(name: name, title: title, better: .less, value: value, text: decimal)
    }

    private static let decimal: @Sendable (Double) -> String = { NumberText.decimal($0) }
}
