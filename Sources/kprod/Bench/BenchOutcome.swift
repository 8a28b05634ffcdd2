// SPDX-License-Identifier: Apache-2.0

/// What one run of a benchmark came to.
struct BenchOutcome: Sendable {
    var ending = Ending.status(.success)
    var account = Account(deliveredBytes: 0)
    var failures = FailureGroups()
    /// Why it was given up, and what else went wrong.
    var reasons: [ToolError] = []
    var warmup = BenchMeter.Tally()
    var steady = BenchMeter.Tally()
    var warmupRecords = 0
    /// Records a batch.
    var batches = LatencyHistogram()
    var wire = WireStatistics.Sums()
    var waits = BenchFeed.Waits()
    /// Of the whole process, in seconds.
    var processorTime = 0.0
    /// Nanoseconds of ``BenchClock``.
    var start: UInt64 = 0
    var end: UInt64 = 0

    /// In seconds.
    var elapsed: Double { max(Double(end &- start) / 1e9, 1e-6) }

    /// Warm-up and the rest.
    var total: BenchMeter.Tally {
        var total = warmup
        total.add(steady)
        return total
    }

    /// In seconds: what is not warm-up, from the last outcome of that on.
    var steadyElapsed: Double {
        guard warmup.last > 0 else { return elapsed }
        return max(Double(end &- min(end, warmup.last)) / 1e9, 1e-6)
    }

    mutating func add(_ account: Account, _ failures: FailureGroups) {
        self.account.add(account)
        self.failures.add(failures)
    }
}
