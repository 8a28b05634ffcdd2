// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// What the server did, for the statistics command.
final class Counters: Sendable {
    struct Values: Sendable, Equatable {
        var connections = 0
        var refusedConnections = 0
        var refusedLines = 0
    }

    private let values = Mutex(Values())
    private let producer: AsyncProducer

    init(_ producer: AsyncProducer) { self.producer = producer }

    var current: Values { values.withLock { $0 } }

    func add(_ value: WritableKeyPath<Values, Int> & Sendable, _ count: Int = 1) {
        values.withLock { $0[keyPath: value] += count }
    }

    /// Counts a connection in, unless there are `limit` of them.
    func admitConnection(limit: Int) -> Bool {
        values.withLock { values in
            guard values.connections < limit else {
                values.refusedConnections += 1
                return false
            }
            values.connections += 1
            return true
        }
    }

    /// The producer counts the records: `accepted == delivered + failed + in-flight` in every line.
    var summary: String {
        let values = current
        let statistics = producer.statistics
        return "stats connections=\(values.connections) refused-connections=\(values.refusedConnections)"
            + " refused-lines=\(values.refusedLines) accepted=\(statistics.accepted) delivered=\(statistics.succeeded)"
            + " failed=\(statistics.failed) in-flight=\(statistics.inFlight) buffered-bytes=\(statistics.bufferedBytes)"
    }
}
