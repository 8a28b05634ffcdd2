// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What `kprod version` prints.
enum VersionText {
    static let tool = "0.2.0"
    /// When it was made, for the manual.
    static let date = "2026-11-21"

    static var current: String { "kprod \(tool)\nlibrdkafka \(AsyncProducer.librdkafkaVersion)\n" }
}
