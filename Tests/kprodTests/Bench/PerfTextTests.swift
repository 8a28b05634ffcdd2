// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

/// The lines as Kafka 4.3.1's `ProducerPerformance` wrote them, with its numbers.
@Suite struct PerfTextTests {
    @Test func theWindowLine() {
        let window = BenchMeter.Window(
            records: 90_461,
            bytes: 9_046_100,
            latency: 126_916_783_000,
            largestLatency: 2_464_000
        )
        #expect(
            PerfText.window(window, elapsed: 2.005)
                == "90461 records sent, 45117.7 records/sec (4.30 MB/sec), 1403.0 ms avg latency, 2464.0 ms max latency."
        )
    }

    @Test func theTotalLine() {
        var tally = BenchMeter.Tally()
        for milliseconds in [1, 2, 3, 4] { tally.latencies.send.record(.milliseconds(milliseconds)) }
        tally.bytes = 400
        #expect(
            PerfText.total(tally, elapsed: 0.5)
                == "4 records sent, 8.000000 records/sec (0.00 MB/sec), 2.50 ms avg latency, 4.00 ms max latency, "
                + "2 ms 50th, 4 ms 95th, 4 ms 99th, 4 ms 99.9th."
        )
        #expect(
            PerfText.total(tally, elapsed: 0.5, isSteadyState: true).hasPrefix("4 steady state records sent, 8.000000 ")
        )
        #expect(PerfText.total(BenchMeter.Tally(), elapsed: 1).contains("(0.00 MB/sec), NaN ms avg latency, 0.00 ms"))
    }

    @Test func theMetrics() {
        let lines = PerfText.metrics(BenchOutcome(), clientID: "me")
        #expect(lines[0] == "")
        #expect(lines[1].hasPrefix("Metric Name  "))
        #expect(lines[1].hasSuffix("   Value"))
        #expect(
            lines.dropFirst(2).allSatisfy {
                $0.contains(#/^producer-metrics:[a-z-]+:\{client-id=me\} * : (NaN|[0-9.]+)$/#)
            }
        )
        #expect(lines.dropFirst(2).map { $0 } == lines.dropFirst(2).sorted())
        #expect(Set(lines.dropFirst().map(\.count)).count <= 3)
    }
}
