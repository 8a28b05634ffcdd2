// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// The latencies of some records, by where the clock starts.
struct Latencies: Sendable {
    /// From the moment the schedule wanted the record sent to its outcome.
    var response = LatencyHistogram()
    /// From the moment it was handed over, time spent waiting for room included: perf-test's latency.
    var send = LatencyHistogram()
    /// From the produce call to the report, as librdkafka measures it.
    var service = LatencyHistogram()

    mutating func add(_ other: Latencies) {
        response.add(other.response)
        send.add(other.send)
        service.add(other.service)
    }
}

/// What one producer of a benchmark has had delivered.
final class BenchMeter: Sendable {
    /// Sums since the last line of perf-test's.
    struct Window: Sendable {
        var records = 0
        var bytes = 0
        /// Microseconds.
        var latency = 0
        var largestLatency = 0

        mutating func add(_ other: Window) {
            records += other.records
            bytes += other.bytes
            latency += other.latency
            largestLatency = max(largestLatency, other.largestLatency)
        }
    }

    /// Everything of one kind of records.
    struct Tally: Sendable {
        var latencies = Latencies()
        var bytes = 0
        /// When the last outcome came; 0 before.
        var last: UInt64 = 0

        var records: Int { latencies.send.count }

        mutating func add(_ other: Tally) {
            latencies.add(other.latencies)
            bytes += other.bytes
            last = max(last, other.last)
        }
    }

    private struct State {
        var warmup = Tally()
        var steady = Tally()
        var window = Window()
        var steadyWindow = Window()
        /// Records a batch.
        var batches = LatencyHistogram()
    }

    private let state = Mutex(State())

    func delivered(_ batch: SuccessBatch) {
        let now = BenchClock.now
        state.withLock { state in
            state.batches.record(batch.count)
            for message in batch {
                guard let times = message.metadata as? SendTimes else { continue }
                let send = BenchClock.microseconds(from: times.sent, to: now)
                let response = BenchClock.microseconds(from: times.intended, to: now)
                let window = Window(records: 1, bytes: Int(times.bytes), latency: send, largestLatency: send)
                state.window.add(window)
                if times.isWarmup {
                    state.warmup.count(times, response, send, message.latency, at: now)
                } else {
                    state.steadyWindow.add(window)
                    state.steady.count(times, response, send, message.latency, at: now)
                }
            }
        }
    }

    /// Warm-up and the rest.
    var tallies: (warmup: Tally, steady: Tally) { state.withLock { ($0.warmup, $0.steady) } }

    /// Records a batch, of every batch that was delivered.
    var batches: LatencyHistogram { state.withLock { $0.batches } }

    /// Sums since the last call: all records, and those that are not warm-up.
    func takeWindows() -> (all: Window, steady: Window) {
        state.withLock { state in
            (exchange(&state.window, with: Window()), exchange(&state.steadyWindow, with: Window()))
        }
    }
}

extension BenchMeter.Tally {
    fileprivate mutating func count(
        _ times: SendTimes,
        _ response: Int,
        _ send: Int,
        _ service: Duration?,
        at now: UInt64
    ) {
        latencies.response.record(response)
        latencies.send.record(send)
        if let service { latencies.service.record(service) }
        bytes += Int(times.bytes)
        last = now
    }
}
