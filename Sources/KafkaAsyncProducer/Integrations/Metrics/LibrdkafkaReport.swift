// SPDX-License-Identifier: Apache-2.0

#if MetricsSupport
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What metrics are made of in librdkafka's statistics: see its STATISTICS.md.
struct LibrdkafkaReport: Decodable {
    let requests: Int
    let bytes: Int
    let brokers: [String: Broker]

    enum CodingKeys: String, CodingKey {
        case requests = "tx"
        case bytes = "tx_bytes"
        case brokers
    }

    struct Broker: Decodable {
        /// Negative for one that is known by its address only.
        let id: Int
        let requestsInFlight: Int
        let requestsWaiting: Int
        let errors: Int
        let retries: Int
        let connects: Int
        let disconnects: Int
        private let rtt: Window?

        /// The mean of the interval in seconds; nil when nothing was answered in it.
        var roundTrip: Double? { rtt.flatMap { $0.cnt > 0 ? Double($0.avg) / 1_000_000 : nil } }

        private struct Window: Decodable {
            let avg: Int
            let cnt: Int
        }

        enum CodingKeys: String, CodingKey {
            case id = "nodeid"
            case requestsInFlight = "waitresp_cnt"
            case requestsWaiting = "outbuf_cnt"
            case errors = "txerrs"
            case retries = "txretries"
            case connects, disconnects, rtt
        }
    }

    /// nil for what is no such report.
    init?(_ json: String) {
        guard let report = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = report
    }
}
#endif
