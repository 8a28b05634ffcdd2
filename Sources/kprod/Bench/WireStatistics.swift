// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// What librdkafka tells of one client: bytes on the wire, requests, and how long brokers take to answer.
final class WireStatistics: Sendable {
    /// A picture of one moment; counts are since the beginning.
    struct Report: Decodable, Sendable {
        /// A moving window of librdkafka's, in the unit of what it measures.
        struct Window: Decodable, Sendable {
            let sum: Int
            let cnt: Int
        }

        struct Broker: Decodable, Sendable {
            let rtt: Window?
            let txretries: Int?
        }

        struct Topic: Decodable, Sendable {
            let batchsize: Window?
        }

        let tx: Int
        let tx_bytes: Int
        let brokers: [String: Broker]
        let topics: [String: Topic]
    }

    /// The sums of a whole run.
    struct Sums: Sendable {
        var requests = 0
        var bytes = 0
        var retries = 0
        /// Microseconds.
        var roundTripTime = (sum: 0, count: 0)
        /// Bytes of a batch as it was sent.
        var batchSize = (sum: 0, count: 0)

        mutating func add(_ other: Sums) {
            requests += other.requests
            bytes += other.bytes
            retries += other.retries
            roundTripTime = (
                roundTripTime.sum + other.roundTripTime.sum, roundTripTime.count + other.roundTripTime.count
            )
            batchSize = (batchSize.sum + other.batchSize.sum, batchSize.count + other.batchSize.count)
        }
    }

    private struct State {
        var sums = Sums()
        var received: UInt64 = 0
        var flushed: UInt64?
    }

    static let interval = Duration.milliseconds(200)

    private let state = Mutex(State())

    func receive(_ json: String) {
        guard let report = try? JSONDecoder().decode(Report.self, from: Data(json.utf8)) else { return }
        state.withLock { state in
            state.received = BenchClock.now
            state.sums.requests = report.tx
            state.sums.bytes = report.tx_bytes
            state.sums.retries = report.brokers.values.reduce(0) { $0 + ($1.txretries ?? 0) }
            for window in report.brokers.values.compactMap(\.rtt) {
                state.sums.roundTripTime.sum += window.sum
                state.sums.roundTripTime.count += window.cnt
            }
            for window in report.topics.values.compactMap(\.batchsize) {
                state.sums.batchSize.sum += window.sum
                state.sums.batchSize.count += window.cnt
            }
        }
    }

    /// Everything that was sent has its outcome.
    func flushed(at time: UInt64) { state.withLock { $0.flushed = time } }

    var flushTime: UInt64? { state.withLock { $0.flushed } }

    var sums: Sums { state.withLock { $0.sums } }

    /// Returns when a report has come that was made after the flush; does not wait for more than five intervals.
    func waitForLast() async {
        for _ in 0..<50 {
            let isComplete = state.withLock { $0.received > $0.flushed ?? .max }
            if isComplete { return }
            try? await Task.sleep(for: Self.interval / 10)
        }
    }
}
