// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct RecordsTests {
    @Test func aTopicThatDoesNotExistHasNoRecordsAndIsNotCreated() async throws {
        try await withMockCluster(brokers: 1) { cluster in
            #expect(try await cluster.records(in: "nowhere").isEmpty)
            // Would be refused if reading had created it.
            try await cluster.createTopic("nowhere", partitions: 1)
        }
    }

    @Test func anEmptyTopicHasNoRecords() async throws {
        try await withMockCluster(topics: ["t": 8]) { cluster in
            let records = try await cluster.records(in: "t")
            #expect(records.isEmpty)
        }
    }

    @Test func theDeadlineSaysHowFarItGot() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.moveLeader(topic: "t", partition: 0, to: nil)
            let error = await #expect(throws: KafkaError.self) {
                _ = try await cluster.records(in: "t", deadline: .milliseconds(300))
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(error?.message.hasPrefix("read 0 records of t, ") == true)
        }
    }

    @Test func cancellingEndsIt() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.brokerDown()
            let task = Task { try await cluster.records(in: "t") }
            task.cancel()
            let error = await #expect(throws: KafkaError.self) { _ = try await task.value }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func shuttingTheClusterDownEndsIt() async throws {
        let cluster = try await MockCluster(topics: ["t": 1])
        try await cluster.brokerDown()
        async let records = cluster.records(in: "t")
        await cluster.shutdown()
        do {
            _ = try await records
            Issue.record("there was nothing to be read from")
        } catch let error as KafkaError {
            #expect(error.code == .closed)
        }
    }

    @Test func aFailedTopicCannotBeReadUntilItIsRestored() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            try await cluster.failTopic("t", with: .unknownTopicOrPartition)
            let error = await #expect(throws: KafkaError.self) { _ = try await cluster.records(in: "t") }
            #expect(error?.code == .unknownTopicOrPartition)
            try await cluster.restoreTopic("t")
            #expect(try await cluster.records(in: "t").isEmpty)
        }
    }

    @Test(.needsKcat) func nullIsNotEmpty() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let produce = ["-P", "-b", cluster.bootstrapServers[0], "-t", "t", "-K:"]
            #expect(try await Kcat.run(produce, input: "k:v\n:v\nplain\nk:\n").status == 0)
            #expect(try await Kcat.run(produce + ["-Z"], input: "k:\n").status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.keyText) == ["k", "", nil, "k", "k"])
            #expect(records.map(\.valueText) == ["v", "v", "plain", "", nil])
            #expect(records.map(\.offset) == [0, 1, 2, 3, 4])
            for record in records { #expect(record.timestamp != nil) }
        }
    }

    @Test(.needsKcat) func headersKeepOrderDuplicatesAndNull() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let headers = ["-H", "b=1", "-H", "a=", "-H", "c", "-H", "b=2=3"]
            let produce = ["-P", "-b", cluster.bootstrapServers[0], "-t", "t"] + headers
            #expect(try await Kcat.run(produce, input: "v\n").status == 0)
            let record = try #require(try await cluster.records(in: "t").first)
            #expect(
                record.headers == [
                    RecordHeader("b", "1"), RecordHeader("a", ""), RecordHeader("c", nil), RecordHeader("b", "2=3"),
                ]
            )
        }
    }

    @Test(.needsKcat, arguments: ["none", "gzip", "snappy", "lz4", "zstd"])
    func everythingInOrderOfPartitionAndOffset(codec: String) async throws {
        try await withMockCluster(topics: ["t": 4]) { cluster in
            let input = (0..<5000).map { "k\($0):\($0)\n" }.joined()
            let produce = ["-P", "-b", cluster.bootstrapServers.joined(separator: ","), "-t", "t", "-K:", "-z", codec]
            #expect(try await Kcat.run(produce, input: input).status == 0)
            let records = try await cluster.records(in: "t")
            #expect(Set(records.compactMap(\.valueText).compactMap(Int.init)) == Set(0..<5000))
            #expect(records.count == 5000)
            #expect(Set(records.map(\.partition)) == [0, 1, 2, 3])
            for (left, right) in zip(records, records.dropFirst()) {
                let isNext = left.partition == right.partition && left.offset + 1 == right.offset
                #expect(isNext || left.partition < right.partition && right.offset == 0)
            }
        }
    }

    @Test(.needsKcat) func transactionsAreReadWhateverTheirOutcome() async throws {
        try await withMockCluster(topics: ["t": 1]) { cluster in
            let produce = ["-P", "-b", cluster.bootstrapServers[0], "-t", "t", "-X", "transactional.id=x"]
            #expect(try await Kcat.run(produce, input: "a\nb\n").status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.valueText) == ["a", "b"])
        }
    }

    @Test(.needsKcat) func theMockKeepsFiveMebibytesPerPartition() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let line = String(repeating: "x", count: 100_000) + "\n"
            let produce = ["-P", "-b", cluster.bootstrapServers[0], "-t", "t"]
            #expect(try await Kcat.run(produce, input: String(repeating: line, count: 100)).status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.last?.offset == 99)
            #expect(records.first.map { $0.offset > 0 } == true)
            #expect(records.count >= 40)
        }
    }
}
