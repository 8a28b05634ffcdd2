// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// What `close` promises at its edges.
@Suite(.timeLimit(.minutes(1))) struct CloseRuleTests {
    /// `deadline - now` in shutdown code that is late: it means now, and what is dropped is accounted for as ever.
    @Test(arguments: [Duration.seconds(-1), .seconds(-100), .nanoseconds(-1), .zero, .seconds(Int64.min)])
    func aNegativeDeadlineMeansNow(deadline: Duration) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            let start = ContinuousClock.now
            #expect(try await undelivered(by: producer, deadline: deadline).errors.count == 100)
            #expect(ContinuousClock.now - start < .seconds(2))
            expectSettled(producer, accepted: 101)
        }
    }

    /// A reader is somebody who reads: an iterator that never asked has read nothing.
    @Test func anIdleIteratorOfErrorsHidesNoFailures() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            let idle = producer.errors.makeAsyncIterator()
            for _ in 0..<5 { try await producer.input.send(ProducerMessage(topic: "t", partition: 7, value: "x")) }
            #expect(try await undelivered(by: producer, deadline: .seconds(10)).errors.count == 5)
            withExtendedLifetime(idle) {}
            expectSettled(producer, accepted: 6)
        }
    }

    /// What was dropped from the errors for want of room has been read by nobody either.
    @Test func droppedFailuresMakeABadClose() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.maximumErrors = 2 }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            for _ in 0..<5 { try await producer.input.send(ProducerMessage(topic: "t", partition: 7, value: "x")) }
            // Two are left to be read; the other three are gone.
            var iterator = producer.errors.makeAsyncIterator()
            for _ in 0..<2 { #expect(await iterator.next() != nil) }
            let errors = try await undelivered(by: producer, deadline: .seconds(10))
            #expect(errors.errors.isEmpty)
            #expect(errors.report.statistics.droppedErrors == [.unknownPartition: 3])
            expectSettled(producer, accepted: 6)
        }
    }
}
