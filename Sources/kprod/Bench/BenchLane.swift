// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// One producer of a benchmark with what belongs to it.
struct BenchLane: Sendable {
    let producer: AsyncProducer
    let topic: Topic
    let ledger: Ledger
    /// Nil sends outside of transactions.
    let transactions: Transactions?
    let meter = BenchMeter()
    let wire: WireStatistics

    /// What all of them have come to at this moment.
    static func snapshot(_ lanes: [BenchLane]) -> ProgressSnapshot {
        var sum = ProgressSnapshot(time: .now)
        var latency = LatencyHistogram()
        for lane in lanes {
            let part = lane.ledger.snapshot(at: sum.time)
            sum.read += part.read
            sum.delivered += part.delivered
            sum.failed += part.failed
            sum.bytes += part.bytes
            sum.inFlight += lane.producer.inFlightCount
            let tallies = lane.meter.tallies
            latency.add(tallies.warmup.latencies.response)
            latency.add(tallies.steady.latencies.response)
        }
        if latency.count > 0 { sum.latency = (latency.percentile(0.5), latency.percentile(0.99)) }
        return sum
    }
}
