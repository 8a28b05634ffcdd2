// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer
@testable import RDKafka

@Suite struct TimestampTests {
    /// Exact on demand; and without, wherever it would be off by more than a tenth of a second.
    @Test(arguments: [(true, 20), (true, 400), (false, 400)])
    func aRecordHasTheTimeOfItsAcceptance(isExact: Bool, linger: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.delivery.exactTimestamps = isExact
                $0.batching.linger = .milliseconds(linger)
            }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            var times: [ClosedRange<Int64>] = []
            for _ in 0..<4 {
                let start = WallClock.now
                try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                times.append(start...max(start, WallClock.now))
                // Each has another time.
                try await Task.sleep(for: .milliseconds(12))
            }
            // A flush would send them before their linger is over.
            try await eventually("they are delivered") { producer.statistics.succeeded == 5 }
            let records = try await cluster.records(in: "t").dropFirst()
            #expect(records.count == times.count)
            for (record, time) in zip(records, times) {
                let stamp = try #require(record.timestamp).millisecondsSinceEpoch
                // Two clocks, each in whole milliseconds.
                #expect(stamp >= time.lowerBound - 1 && stamp <= time.upperBound + 1, "\(stamp) for \(time)")
            }
            try await producer.close()
            expectSettled(producer, accepted: 5)
        }
    }

    /// A time of the sender's is that of the record, whichever way it went in, also behind messages without one.
    @Test func aTimeOfItsOwnIsKept() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            func message(_ number: Int64) -> ProducerMessage {
                ProducerMessage(topic: "t", value: "x", timestamp: Timestamp(millisecondsSinceEpoch: number))
            }
            // The first ones wait until the partitions are known.
            try await producer.input.send(message(1))
            _ = try await producer.deliver(message(2))
            try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
            try await producer.input.send(message(3))
            #expect(try producer.input.trySend(message(4)) == .accepted)
            try await producer.input.send(contentsOf: [message(5), ProducerMessage(topic: "t", value: "x"), message(6)])
            let pending = try await producer.submit(message(7))
            try await producer.withDeliveryScope { scope in try await scope.send(message(8)) }
            _ = try await pending.outcome
            try await producer.close()
            expectSettled(producer, accepted: 10)
            let stamps = try await cluster.records(in: "t").map { try #require($0.timestamp).millisecondsSinceEpoch }
            #expect(stamps.filter { $0 < 100 } == [1, 2, 3, 4, 5, 6, 7, 8])
        }
    }
}
