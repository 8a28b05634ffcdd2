// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct ScopeTests {
    private func message(_ value: String, partition: Int32 = 0) -> ProducerMessage {
        ProducerMessage(topic: "t", partition: partition, value: KafkaBytes(value))
    }

    /// By every way in; and no stream sees any of them.
    @Test func leavingWaitsForEveryMessage() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            let values = try await producer.withDeliveryScope { scope in
                try await scope.send(message("0"))
                #expect(try scope.trySend(message("1")) == .accepted)
                try await scope.send(contentsOf: (2..<500).map { message("\($0)") })
                try await scope.send(contentsOf: (500..<1_000).lazy.map { message("\($0)") })
                let bytes: [UInt8] = Array("1000".utf8)
                try await scope.send(to: "t", partition: 0, value: bytes.span, tag: 7)
                #expect(try scope.trySend(to: "t", partition: 0, value: bytes.span) == .accepted)
                let headers = [RecordHeader("h", "v")]
                try await scope.send(ProducerMessage(topic: "t", partition: 0, value: "1001", headers: headers))
                return (0..<1_001).map { "\($0)" } + ["1000", "1001"]
            }
            #expect(producer.statistics.succeeded == 1_003)
            #expect(producer.statistics.unreadSuccesses == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.valueText) == values)
            #expect(records.last?.headers == [RecordHeader("h", "v")])
            // Beside a scope streams are what they were.
            try await producer.input.send(message("beside"))
            try await producer.flush()
            #expect(producer.statistics.unreadSuccesses == 1)
            try await producer.close()
            expectSettled(producer, accepted: 1_004)
        }
    }

    @Test func failuresAreThrownWholeAndNobodyElseSeesThem() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(message("the partitions are known"))
            let headers = [RecordHeader("h", "v")]
            let bad = ProducerMessage(
                topic: "t",
                partition: 7,
                key: "k",
                value: "x",
                headers: headers,
                metadata: "mine"
            )
            let error = await #expect(throws: DeliveryScopeError.self) {
                try await producer.withDeliveryScope { scope in
                    for _ in 0..<10 { try await scope.send(message("good")) }
                    try await scope.send(bad)
                    try await scope.send(contentsOf: [message("good"), message("bad", partition: 9)])
                }
            }
            #expect(error?.deliveredCount == 11)
            #expect(error?.unfinishedCount == 0)
            #expect(error?.interruption == nil)
            #expect(error?.errors.map(\.error.code) == [.unknownPartition, .unknownPartition])
            let first = try #require(error?.errors.first)
            #expect(first.message.key == KafkaBytes("k") && first.message.value == KafkaBytes("x"))
            #expect(first.message.partition == 7)
            #expect(first.message.headers == headers && first.message.metadata as? String == "mine")
            #expect(first.persistence == .notPersisted)
            let text = "2 messages of the scope were not delivered: 2 × _UNKNOWN_PARTITION; 11 were delivered"
            #expect(error?.description == text)
            #expect(producer.statistics.unreadErrors == 0)
            // It has nothing to report: they were read.
            try await producer.close()
            expectSettled(producer, accepted: 14)
        }
    }

    /// Each scope has its own messages, however they are mixed in batches.
    @Test func manyScopesAtOnceAndInsideOfEachOther() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(message("the partitions are known"))
            let counts = await withTaskGroup(of: (Int, Int).self) { group in
                for number in 0..<40 {
                    group.addTask {
                        do {
                            try await producer.withDeliveryScope { outer in
                                for step in 0..<100 {
                                    try await outer.send(message("\(number)", partition: step < number ? 9 : 1))
                                }
                                // What is sent in here is none of the outer one's.
                                try await producer.withDeliveryScope { inner in
                                    for _ in 0..<50 { try await inner.send(message("inner")) }
                                }
                            }
                            return (number, 0)
                        } catch let error as DeliveryScopeError {
                            #expect(error.deliveredCount == 100 - number)
                            #expect(error.errors.allSatisfy { $0.message.value == KafkaBytes("\(number)") })
                            return (number, error.errors.count)
                        } catch {
                            Issue.record(error)
                            return (number, -1)
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(counts == Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, $0) }))
            try await producer.close()
            expectSettled(producer, accepted: 1 + 40 * 150)
        }
    }

    @Test func whatTheBodyThrowsComesOutWithTheFailures() async throws {
        struct Mine: Error {}
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            await #expect(throws: Mine.self) {
                try await producer.withDeliveryScope { scope in
                    try await scope.send(message("good"))
                    throw Mine()
                }
            }
            // It was waited for all the same.
            #expect(producer.statistics.succeeded == 1)
            let error = await #expect(throws: DeliveryScopeError.self) {
                try await producer.withDeliveryScope { scope in
                    try await scope.send(message("bad", partition: 5))
                    throw Mine()
                }
            }
            #expect(error?.errors.count == 1)
            #expect(error?.bodyError is Mine)
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func aScopeThatHasEndedTakesNothing() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let ended = try await producer.withDeliveryScope { scope in
                try await scope.send(message("good"))
                return scope
            }
            // The next one may have its place.
            try await producer.withDeliveryScope { _ in
                let bytes: [UInt8] = [1]
                await #expect { try await ended.send(message("late")) } throws: { Self.isEnd($0) }
                #expect { try ended.trySend(message("late")) } throws: { Self.isEnd($0) }
                await #expect { try await ended.send(to: "t", value: bytes.span) } throws: { Self.isEnd($0) }
                #expect { try ended.trySend(to: "t", value: bytes.span) } throws: { Self.isEnd($0) }
                let error = await #expect(throws: AsyncProducer.PartialSendError.self) {
                    try await ended.send(contentsOf: [message("late")])
                }
                #expect(error?.acceptedCount == 0 && error?.cause.code == .scopeEnded)
            }
            try await producer.close()
            await #expect { try await producer.withDeliveryScope { try await $0.send(message("late")) } } throws: {
                ($0 as? KafkaError)?.code == .closed
            }
            expectSettled(producer, accepted: 1)
        }
    }

    private static func isEnd(_ error: any Error) -> Bool { (error as? KafkaError)?.code == .scopeEnded }
}
