// SPDX-License-Identifier: Apache-2.0

/// What a run has come to at one moment.
struct ProgressSnapshot: Sendable {
    var time: ContinuousClock.Instant
    /// Since the run began.
    var elapsed = Duration.zero
    var read = 0
    var skipped = 0
    var delivered = 0
    var failed = 0
    var inFlight = 0
    /// Keys and values of what was delivered.
    var bytes = 0
    /// Microseconds; nil when latencies are not measured.
    var latency: (p50: Int, p99: Int)?
    var outage: Outage?
    /// Bytes of the input, and of how many if that is known; nil for records that are not read.
    var input: (read: Int, total: Int?)?

    /// For SIGUSR1: everything on one line, rates since the beginning.
    var line: String {
        let rate = Double(delivered) / max(elapsed / .seconds(1), 0.001)
        var input = ""
        if let (bytes, total) = self.input {
            input = " (\(NumberText.bytes(bytes))\(total.map { " of \(NumberText.bytes($0))" } ?? ""))"
        }
        var parts = [
            "after \(NumberText.seconds(elapsed))", "read \(NumberText.grouped(read))\(input)",
            "delivered \(NumberText.grouped(delivered)) (\(NumberText.bytes(bytes))) = \(NumberText.short(rate))/s",
            "in flight \(NumberText.grouped(inFlight))", "failed \(NumberText.grouped(failed))",
            "skipped \(NumberText.grouped(skipped))",
        ]
        if let latency {
            let (p50, p99) = (NumberText.milliseconds(latency.p50), NumberText.milliseconds(latency.p99))
            parts.append("p50 \(p50), p99 \(p99)")
        }
        if let outage { parts.append(outage.text) }
        return parts.joined(separator: "; ")
    }
}

/// The same for programs.
struct ProgressObject: Encodable {
    let elapsedMs: Int
    let read, delivered, failed, inFlight, skipped, bytes: Int
    let recordsPerSecond, bytesPerSecond: Int
    let p50Us, p99Us: Int?
    let inputBytes, inputTotalBytes: Int?
    let waitingFor: String?
    let isFinal: Bool

    private enum CodingKeys: String, CodingKey {
        case elapsedMs = "elapsed_ms"
        case read, delivered, failed, skipped, bytes
        case inFlight = "in_flight"
        case recordsPerSecond = "records_per_second"
        case bytesPerSecond = "bytes_per_second"
        case p50Us = "p50_us"
        case p99Us = "p99_us"
        case inputBytes = "input_bytes"
        case inputTotalBytes = "input_total_bytes"
        case waitingFor = "waiting_for"
        case isFinal = "final"
    }

    /// - Parameter rate: What the rates are of: the time since the last object, and the whole run for the final one.
    init(_ snapshot: ProgressSnapshot, rate: (records: Double, bytes: Double, input: Double), isFinal: Bool) {
        elapsedMs = Int(clamping: Int64(snapshot.elapsed / .milliseconds(1)))
        (read, delivered, failed) = (snapshot.read, snapshot.delivered, snapshot.failed)
        (inFlight, skipped, bytes) = (snapshot.inFlight, snapshot.skipped, snapshot.bytes)
        (recordsPerSecond, bytesPerSecond) = (Int(rate.records), Int(rate.bytes))
        (p50Us, p99Us) = (snapshot.latency?.p50, snapshot.latency?.p99)
        (inputBytes, inputTotalBytes) = (snapshot.input?.read, snapshot.input?.total)
        waitingFor = snapshot.outage.map { $0.broker ?? "an answer" }
        self.isFinal = isFinal
    }
}
