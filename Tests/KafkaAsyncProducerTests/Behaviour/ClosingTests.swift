// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite struct ClosingTests {
    @Test func closeDeliversWhatIsNotAcknowledgedYet() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            // Linger holds everything back until close lifts it.
            let producer = try await makeProducer(cluster) {
                $0.batching.linger = .seconds(60)
                $0.batching.maximumMessages = 1_000_000
                $0.batching.maximumBytes = 2_000_000_000
            }
            for number in 0..<100_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "\(number)")) }
            #expect(producer.inFlightCount > 0)
            let report = try await producer.close()
            #expect(report.statistics.succeeded == 100_000)
            #expect(report.purging == .zero)
            expectSettled(producer, accepted: 100_000)
        }
    }

    @Test func closeWithBrokersDownEndsInTimeAndAccountsForAll() async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            // A sanitizer takes time for each.
            let count = isSanitized ? 1_000 : 10_000
            for number in 0..<count { try await producer.input.send(ProducerMessage(topic: "t", value: "\(number)")) }
            let start = ContinuousClock.now
            let errors = try await undelivered(by: producer, deadline: .seconds(2))
            #expect(ContinuousClock.now - start < .seconds(4))
            #expect(errors.errors.count == count)
            #expect(Set(errors.errors.compactMap(\.message.value?.string)).count == count)
            // Counted from the refusal, which comes a little after the call.
            #expect(errors.report.draining > .milliseconds(1_900))
            expectSettled(producer, accepted: count + 1)
        }
    }

    @Test func bothClosesTwiceAndConcurrentlyGiveOneResult() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster)
            for _ in 0..<5_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            let counts = await withTaskGroup(of: Int?.self) { group in
                for task in 0..<10 {
                    group.addTask {
                        if task.isMultiple(of: 2) { producer.asyncClose() }
                        return try? await producer.close().statistics.succeeded
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts == Array(repeating: 5_000, count: 10))
            producer.asyncClose()
            #expect(try await producer.close().statistics.succeeded == 5_000)
            await #expect { try await producer.input.send(ProducerMessage(topic: "t", value: "late")) } throws: {
                ($0 as? KafkaError)?.code == .closed
            }
            #expect(try producer.input.trySend(ProducerMessage(topic: "t", value: "late")) == .refused(.closing))
            expectSettled(producer, accepted: 5_000)
        }
    }

    @Test func closeFromACancelledTaskDropsTheRestAtOnceAndAccountsForIt() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            for _ in 0..<1_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            let count = try await withThrowingTaskGroup(of: Int.self) { group in
                // A task added to a cancelled group is cancelled from its first step on.
                group.cancelAll()
                group.addTask { try await undelivered(by: producer, deadline: .seconds(600)).errors.count }
                return try await group.reduce(0, +)
            }
            #expect(count == 1_000)
            expectSettled(producer, accepted: 1_001)
        }
    }

    @Test func asyncCloseEndsTheStreamsAfterTheLastOutcome() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.returns.successes = .always
                $0.batching.linger = .seconds(60)
            }
            for _ in 0..<10_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            producer.asyncClose()
            #expect(await countSuccesses(producer) == 10_000)
            #expect(await collectErrors(producer).isEmpty)
            expectSettled(producer, accepted: 10_000)
        }
    }

    /// Longer than any clock runs, and shorter than nothing.
    @Test(arguments: [
        Duration(attoseconds: .max), .seconds(Int64.max), .zero, .seconds(Int64.min), Duration(attoseconds: .min),
    ])
    func anyDurationIsADeadline(deadline: Duration) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
            try await producer.flush()
            try await producer.flush(deadline: deadline)
            try await producer.input.send(ProducerMessage(topic: "t", value: "y"))
            _ = try? await producer.metadata(timeout: deadline)
            let result = await Result { try await producer.close(deadline: deadline) }
            if deadline > .zero { #expect(throws: Never.self) { try result.get() } }
            expectSettled(producer, accepted: 2)
        }
    }

    @Test func withProducerClosesOnEveryWayOut() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
            let producer = try await AsyncProducer.withProducer(configuration) { producer in
                try await producer.input.send(ProducerMessage(topic: "t", value: "in"))
                return producer
            }
            expectSettled(producer, accepted: 1)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["in"])

            struct Failure: Error {}
            var escaped: AsyncProducer?
            await #expect(throws: Failure.self) {
                try await AsyncProducer.withProducer(configuration) { producer in
                    try await producer.input.send(ProducerMessage(topic: "t", value: "out"))
                    escaped = producer
                    throw Failure()
                }
            }
            expectSettled(try #require(escaped), accepted: 1)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["in", "out"])
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
