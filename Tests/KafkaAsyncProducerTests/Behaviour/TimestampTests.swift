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
            try await producer.flush()
            let records = try await cluster.records(in: "t").dropFirst()
            #expect(records.count == times.count)
            for (record, time) in zip(records, times) {
                let stamp = try #require(record.timestamp).millisecondsSinceEpoch
                #expect(time.contains(stamp), "\(stamp - time.lowerBound) ms after its acceptance")
            }
            try await producer.close()
            expectSettled(producer, accepted: 5)
        }
    }
}
