// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// The partitions that there are, to tell where records would go.
struct Partitioning: Sendable {
    /// How many each topic has.
    let counts: [String: Int]
    let rule: AsyncProducer.Partitioning
    /// That of the run.
    let topic: String?

    /// Where a key goes among so many partitions; nil when it is left to chance.
    func partition(of key: [UInt8]?, among count: Int) -> Int32? {
        rule.partition(of: key, partitionCount: Int32(clamping: count))
    }
}
