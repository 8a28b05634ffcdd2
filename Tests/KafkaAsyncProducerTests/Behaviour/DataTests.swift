// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaAsyncProducerFoundation
import KafkaTestKit
import Testing

@Suite struct DataTests {
    @Test func dataGoesAndComesBackAlsoAsASliceAndLent() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let data = Data([0, 1, 2, 3, 255])
            try await producer.input.send(ProducerMessage(topic: "t", key: Data(), value: data))
            try await producer.input.send(ProducerMessage(topic: "t", key: data[1..<3], value: nil))
            try await producer.input.send(to: "t", value: data.span)
            try await producer.close()
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.key) == [[], [1, 2], nil])
            #expect(records.map(\.value) == [[0, 1, 2, 3, 255], nil, [0, 1, 2, 3, 255]])
            #expect(Data(KafkaBytes([7, 8] as [UInt8])) == Data([7, 8]))
            expectSettled(producer, accepted: 3)
        }
    }

    @Test func datesAreMilliseconds() throws {
        let timestamp = try #require(Timestamp(Date(timeIntervalSince1970: 1_700_000_000.1239)))
        #expect(timestamp.millisecondsSinceEpoch == 1_700_000_000_123)
        #expect(Date(timestamp) == Date(timeIntervalSince1970: 1_700_000_000.123))
        // No trap for what Kafka cannot say.
        #expect(Timestamp(Date(timeIntervalSince1970: .infinity)) == nil)
        #expect(Timestamp(Date(timeIntervalSince1970: 1e300)) == nil)
    }
}
