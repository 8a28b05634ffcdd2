// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Scenarios

/// Outcomes that go to their sender, and keys that go nowhere.
extension SwiftClient {
    /// All through one delivery scope, which ends when all are delivered.
    func sendInScope(_ count: Int) async throws -> Reading {
        let topic = topics[0]
        try await producer.withDeliveryScope { scope in
            for _ in 0..<count { try await scope.send(ProducerMessage(topic: topic, value: value)) }
        }
        var reading = Reading()
        reading.seen = count
        return reading
    }

    /// Sends some, then awaits the outcome of each, and so on.
    func submit(_ count: Int, at size: Int) async throws -> Reading {
        let topic = topics[0]
        var reading = Reading()
        var pending: [PendingDelivery] = []
        pending.reserveCapacity(size)
        for start in stride(from: 0, to: count, by: size) {
            pending.removeAll(keepingCapacity: true)
            for _ in start..<min(start + size, count) {
                pending.append(try await producer.submit(ProducerMessage(topic: topic, value: value)))
            }
            for delivery in pending {
                reading.offsetSum &+= try await delivery.outcome.offset ?? 0
                reading.seen += 1
            }
        }
        return reading
    }

    /// The same in one call each.
    func deliverContents(_ count: Int, of size: Int) async throws -> Reading {
        let topic = topics[0]
        var reading = Reading()
        for start in stride(from: 0, to: count, by: size) {
            let messages = (start..<min(start + size, count)).map { _ in ProducerMessage(topic: topic, value: value) }
            for outcome in await producer.deliver(contentsOf: messages) {
                reading.offsetSum &+= try outcome.get().offset ?? 0
                reading.seen += 1
            }
        }
        return reading
    }

    /// Asks where keys go.
    func place(_ count: Int) -> Reading {
        var reading = Reading()
        let keys = (0..<1_024).map { Array("key-\(String(10_000 + $0).dropFirst())".utf8) }
        let partitioning = AsyncProducer.Partitioning.java
        let partitions = Int32(run.scenario.partitions)
        for number in 0..<count {
            let place = partitioning.partition(of: keys[number & 1_023], partitionCount: partitions)
            reading.offsetSum &+= Int64(place ?? 0)
        }
        reading.seen = count
        return reading
    }
}
