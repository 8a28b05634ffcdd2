// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// Scopes that end before their messages have, or with their producer.
@Suite(.timeLimit(.minutes(1))) struct ScopeEndTests {
    private func message(_ value: String) -> ProducerMessage {
        ProducerMessage(topic: "t", partition: 0, value: KafkaBytes(value))
    }

    /// What is not waited for any more is not lost: its failure goes to whoever reads errors.
    @Test(arguments: [false, true]) func atADeadlineOrACancellationTheScopeLetsGo(isCancelled: Bool) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(message("first"))
            try await cluster.brokerDown()
            let run = Task {
                try await producer.withDeliveryScope(deadline: isCancelled ? nil : .milliseconds(50)) { scope in
                    for _ in 0..<10 { try await scope.send(message("x")) }
                }
            }
            try await eventually("the scope waits") { producer.debugDescription.contains("1 delivery scopes") }
            try await eventually("all were sent") { producer.statistics.accepted == 11 || isCancelled == false }
            if isCancelled { run.cancel() }
            let error = await #expect(throws: DeliveryScopeError.self) { try await run.value }
            #expect(error?.unfinishedCount == 10)
            #expect(error?.errors.isEmpty == true)
            #expect(error?.interruption?.code == (isCancelled ? .cancelled : .deadlineExceeded))
            #expect(producer.debugDescription.contains("0 delivery scopes"))
            producer.abort()
            try await producer.flush()
            #expect(producer.statistics.unreadErrors == 10)
            try await cluster.brokerUp()
            let errors = try await undelivered(by: producer, deadline: .seconds(10)).errors
            #expect(errors.map(\.message.value) == Array(repeating: KafkaBytes("x"), count: 10))
            expectSettled(producer, accepted: 11)
        }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(Int64.min)])
    func aDeadlineThatIsOverMeansNow(deadline: Duration) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(message("first"))
            try await cluster.brokerDown()
            let error = await #expect(throws: DeliveryScopeError.self) {
                try await producer.withDeliveryScope(deadline: deadline) { try await $0.send(message("x")) }
            }
            #expect(error?.unfinishedCount == 1)
            try await cluster.brokerUp()
            try await producer.close()
            expectSettled(producer, accepted: 2)
        }
    }

    /// The sender is one that the body has left behind.
    @Test func whoWaitsForRoomWhenItsScopeEndsIsRefused() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = 10 }
            _ = try await producer.deliver(message("first"))
            try await cluster.brokerDown()
            for _ in 0..<10 { try await producer.input.send(message("x")) }
            let waiting = try await producer.withDeliveryScope { scope in
                let waiting = Task { try await scope.send(message("waits")) }
                try await eventually("it waits") { producer.statistics.waitingSenders == 1 }
                return waiting
            }
            await #expect { try await waiting.value } throws: { ($0 as? KafkaError)?.code == .scopeEnded }
            try await cluster.brokerUp()
            try await producer.close()
            expectSettled(producer, accepted: 11)
        }
    }

    /// The close has its own failures to report, and none of a scope's.
    @Test func aCloseInsideOfAScopeLeavesItsFailuresToIt() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(message("first"))
            try await cluster.brokerDown()
            let error = await #expect(throws: DeliveryScopeError.self) {
                try await producer.withDeliveryScope { scope in
                    for _ in 0..<20 { try await scope.send(message("x")) }
                    try await producer.close(deadline: .zero)
                }
            }
            #expect(error?.errors.count == 20)
            #expect(error?.bodyError == nil)
            expectSettled(producer, accepted: 21)
        }
    }

    @Test func failuresBeyondTheBoundAreCounted() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.maximumErrors = 3 }
            _ = try await producer.deliver(message("first"))
            let error = await #expect(throws: DeliveryScopeError.self) {
                try await producer.withDeliveryScope { scope in
                    for number in 0..<10 {
                        try await scope.send(ProducerMessage(topic: "t", partition: 7, value: KafkaBytes("\(number)")))
                    }
                }
            }
            #expect(error?.errors.map(\.message.value) == ["7", "8", "9"].map { KafkaBytes($0) })
            #expect(error?.dropped == [.unknownPartition: 7])
            #expect(error?.description.hasPrefix("10 messages of the scope were not delivered") == true)
            try await producer.close()
            expectSettled(producer, accepted: 11)
        }
    }

    /// Messages that waited until their topic's partitions were known, and those of a client that met its end.
    @Test func itsMessagesAreItsOwnAfterMetadataAndARestart() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.recovery = .restart() }
            try await cluster.brokerDown()
            try await producer.withDeliveryScope { scope in
                for number in 0..<100 { try await scope.send(message("\(number)")) }
                try await producer.restart()
                try await cluster.brokerUp()
            }
            #expect(producer.statistics.succeeded == 100)
            #expect(producer.statistics.unreadSuccesses == 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == (0..<100).map { "\($0)" })
            try await producer.close()
            expectSettled(producer, accepted: 100)
        }
    }
}
