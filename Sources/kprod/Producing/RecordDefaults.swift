// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// What the command line says of every record of a run.
struct RecordDefaults: Sendable {
    /// Nil lets the partitioner choose.
    var partition: Int32?
    var headers: [RecordHeader] = []
    /// How many records are sent at most.
    var limit: Int?
}
