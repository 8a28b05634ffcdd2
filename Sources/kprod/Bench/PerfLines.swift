// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Writes the lines of ``PerfText`` to standard output while a run goes on and when it is over.
struct PerfLines: Sendable {
    let output: OutputWriter
    let warmup: Int
    let printsMetrics: Bool

    func write(_ line: String) { output.append(Array("\(line)\n".utf8).span) }

    func begin() {
        if warmup > 0 { write(PerfText.warmup(warmup)) }
    }

    /// Writes a line every `interval` in which something was delivered.
    func start(_ meters: [BenchMeter], every interval: Duration) -> Task<Void, Never> {
        Task {
            var start = BenchClock.now
            var isSteady = false
            while (try? await Task.sleep(for: interval)) != nil {
                let now = BenchClock.now
                var all = BenchMeter.Window()
                var steady = BenchMeter.Window()
                for meter in meters {
                    let windows = meter.takeWindows()
                    all.add(windows.all)
                    steady.add(windows.steady)
                }
                if warmup > 0, !isSteady, steady.records > 0 {
                    write(PerfText.inSteadyState)
                    isSteady = true
                }
                let window = isSteady ? steady : all
                if window.records > 0 { write(PerfText.window(window, elapsed: Double(now - start) / 1e9)) }
                start = now
            }
        }
    }

    func finish(_ outcome: BenchOutcome, clientID: String) {
        write(PerfText.total(outcome.total, elapsed: outcome.elapsed))
        if outcome.warmupRecords > 0 {
            write(PerfText.total(outcome.steady, elapsed: outcome.steadyElapsed, isSteadyState: true))
        }
        if printsMetrics { PerfText.metrics(outcome, clientID: clientID).forEach { write($0) } }
    }
}
