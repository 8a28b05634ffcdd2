// SPDX-License-Identifier: Apache-2.0

/// The results of a benchmark as `--json` writes them and `--compare` reads them.
struct BenchResult: Codable, Sendable {
    /// The latencies of one clock, in milliseconds.
    struct Latency: Codable, Sendable {
        let mean, min, p50, p90, p95, p99, p999, p9999, max: Double

        enum CodingKeys: String, CodingKey {
            case mean, min, p50, p90, p95, p99, max
            case p999 = "p99.9"
            case p9999 = "p99.99"
        }

        init(_ histogram: LatencyHistogram) {
            func milliseconds(_ share: Double) -> Double { Double(histogram.percentile(share)) / 1_000 }
            mean = histogram.mean / 1_000
            min = Double(histogram.minimum) / 1_000
            (p50, p90, p95, p99) = (milliseconds(0.5), milliseconds(0.9), milliseconds(0.95), milliseconds(0.99))
            (p999, p9999) = (milliseconds(0.999), milliseconds(0.9999))
            max = Double(histogram.maximum) / 1_000
        }
    }

    struct Run: Codable, Sendable {
        let records, bytes, failed, undelivered: Int
        let elapsedSeconds, recordsPerSecond, mibPerSecond: Double
        /// Of the whole process, a mock cluster in it included.
        let cpuSeconds, cpuSecondsPerMillion: Double
        let wireBytes, requests: Int
        let roundTripMs: Double?
        let batchRecordsP50: Int
        let batchBytesMean: Double?
        let queueFullWaits: Int
        let queueFullSeconds: Double
        /// From the intended time, from the call, and inside of the client.
        let response, send, service: Latency

        enum CodingKeys: String, CodingKey {
            case records, bytes, failed, undelivered, requests, response, send, service
            case elapsedSeconds = "elapsed_s"
            case recordsPerSecond = "records_per_s"
            case mibPerSecond = "mib_per_s"
            case cpuSeconds = "cpu_s"
            case cpuSecondsPerMillion = "cpu_s_per_million"
            case wireBytes = "wire_bytes"
            case roundTripMs = "round_trip_ms"
            case batchRecordsP50 = "batch_records_p50"
            case batchBytesMean = "batch_bytes_mean"
            case queueFullWaits = "queue_full_waits"
            case queueFullSeconds = "queue_full_s"
        }

        /// The steady state of a run.
        init(_ outcome: BenchOutcome) {
            let (tally, wire) = (outcome.steady, outcome.wire)
            records = tally.records
            bytes = tally.bytes
            failed = outcome.account.failed
            undelivered = outcome.account.undelivered
            elapsedSeconds = outcome.steadyElapsed
            recordsPerSecond = Double(records) / elapsedSeconds
            mibPerSecond = Double(bytes) / elapsedSeconds / 1_048_576
            cpuSeconds = outcome.processorTime
            // Warm-up costs time of the processor, too.
            cpuSecondsPerMillion = cpuSeconds / Double(max(1, outcome.total.records)) * 1e6
            (wireBytes, requests) = (wire.bytes, wire.requests)
            let (trips, batches) = (wire.roundTripTime, wire.batchSize)
            roundTripMs = trips.count == 0 ? nil : Double(trips.sum) / Double(trips.count) / 1_000
            batchRecordsP50 = outcome.batches.percentile(0.5)
            batchBytesMean = batches.count == 0 ? nil : Double(batches.sum) / Double(batches.count)
            queueFullWaits = outcome.waits.count
            queueFullSeconds = Double(outcome.waits.time) / 1e9
            response = Latency(tally.latencies.response)
            send = Latency(tally.latencies.send)
            service = Latency(tally.latencies.service)
        }
    }

    let tool, librdkafka, topic, workload: String
    let runs: [Run]
}
