// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// Keys and values as the golden tables write them: `∅` for null.
func written(_ cluster: MockCluster, _ topic: String) async throws -> [String] {
    try await cluster.records(in: topic).map { "\($0.keyText ?? "∅"),\($0.valueText ?? "∅")" }
}

/// A record without what every writer chooses itself.
struct PlainRecord: Hashable {
    let partition: Int32
    let key: [UInt8]?
    let value: [UInt8]?
    let headers: [String]

    init(_ record: MockRecord, partition: Int32? = nil) {
        self.partition = partition ?? record.partition
        key = record.key
        value = record.value
        headers = record.headers.map { "\($0.name)=\($0.value.map { "\($0.array)" } ?? "∅")" }
    }
}
