// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// What a benchmark is asked for.
struct BenchPlan: Sendable {
    /// What is written when a run is over.
    enum Report: Sendable {
        /// A table and a plot for people.
        case table
        /// perf-test's lines on standard output, and then the table.
        case perf
        case json, csv
    }

    let client: ClientOptions
    let topic: String
    var workload = Workload()
    var producers = 1
    var repeats = 1
    /// How long a transaction is open; nil is perf-test's 3 s, if there is a transactional id.
    var transactionTime: Duration?
    var report = Report.table
    /// How often perf-test's line is written.
    var interval = Duration.seconds(5)
    var printsMetrics = false
    var plots = true
    /// What perf-test says before it begins.
    var preamble: [String] = []
    /// Where values come from, if that is a file.
    var payloadFile: String?
    var svgFile: String?
    var hdrFile: String?
    var drainTimeout: Duration?
    var waitBroker = Duration.seconds(30)
    var progress = ProgressOptions()
    var isQuiet = false

    /// Without a transactional id, that of a run which wants transactions all the same.
    func transactionalID(of configuration: AsyncProducer.Configuration) -> String? {
        configuration.transactionalID ?? configuration.librdkafka["transactional.id"]
            ?? (transactionTime == nil ? nil : "kprod-bench-\(UUID().uuidString)")
    }

    init(client: ClientOptions, topic: String) {
        self.client = client
        self.topic = topic
    }
}
