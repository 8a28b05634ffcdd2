// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// Delivery scopes as what code takes that sends, and messages of theirs whose own outcome somebody awaits.
@Suite(.timeLimit(.minutes(1))) struct ScopeInputTests {
    private func message(_ value: String, partition: Int32 = 0) -> ProducerMessage {
        ProducerMessage(topic: "t", partition: partition, value: KafkaBytes(value))
    }

    private func scopeError(_ body: () async throws -> Void) async -> DeliveryScopeError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? DeliveryScopeError
        }
    }

    /// Everything that an input can do.
    private func sendAll(_ input: some ProducerInput) async throws -> [Int64?] {
        try await input.send(message("0"))
        #expect(try input.trySend(message("1")) == .accepted)
        try await input.send(contentsOf: [message("2"), message("3")])
        try await input.send(contentsOf: (4..<300).lazy.map { message("\($0)") })
        let stream = AsyncStream { continuation in
            for number in 300..<310 { continuation.yield(message("\(number)")) }
            continuation.finish()
        }
        try await input.send(contentsOf: stream)
        try await input.send(to: "t", partition: 0, value: Array("310".utf8).span, tag: 7)
        let pending = try await input.submit(message("311"))
        let headers = [RecordHeader("h", "v")]
        let delivery = try await input.deliver(
            ProducerMessage(topic: "t", partition: 0, value: "312", headers: headers, metadata: "mine")
        )
        let outcomes = await input.deliver(contentsOf: (313..<500).map { message("\($0)") })
        return [try await pending.outcome.offset, delivery.offset] + outcomes.map { (try? $0.get())?.offset }
    }

    @Test func aScopeIsAnInput() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            let offsets = try await producer.withDeliveryScope { try await sendAll($0) }
            #expect(offsets == (311..<500).map { Int64($0) })
            #expect(producer.statistics.succeeded == 500 && producer.statistics.unreadSuccesses == 0)
            #expect(try await cluster.records(in: "t").map(\.valueText) == (0..<500).map { "\($0)" })
            try await producer.close()
            expectSettled(producer, accepted: 500)
        }
    }

    /// That a scope ends without an error means that all of it is in the log, whoever knew of a failure.
    @Test func anAwaitedFailureIsTheScopesToo() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let error = await scopeError {
                try await producer.withDeliveryScope { scope in
                    try await scope.send(message("good"))
                    // Its partitions are not known yet, and then they are.
                    for _ in 0..<2 {
                        do throws(ProducerError) {
                            _ = try await scope.deliver(message("bad", partition: 9))
                            Issue.record("it was delivered")
                        } catch {
                            #expect(error.error.code == .unknownPartition)
                        }
                    }
                    let outcomes = await scope.deliver(contentsOf: [message("good"), message("bad", partition: 8)])
                    #expect(outcomes.map { (try? $0.get()) != nil } == [true, false])
                    // Never awaited.
                    _ = try await scope.submit(message("bad", partition: 7))
                }
            }
            #expect(error?.deliveredCount == 2 && error?.unfinishedCount == 0)
            #expect(error?.errors.map(\.message.partition) == [9, 9, 8, 7])
            #expect(producer.statistics.unreadErrors == 0)
            try await producer.close()
            expectSettled(producer, accepted: 6)
        }
    }

    /// What a scope did not wait for goes to whoever awaits it, and to no stream.
    @Test func whatAScopeLetGoIsStillAwaited() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            _ = try await producer.deliver(message("first"))
            try await cluster.brokerDown()
            var pending: [PendingDelivery] = []
            let error = await scopeError {
                try await producer.withDeliveryScope(deadline: .milliseconds(50)) { scope in
                    for number in 0..<2 { pending.append(try await scope.submit(message("\(number)"))) }
                }
            }
            #expect(error?.unfinishedCount == 2 && error?.errors.isEmpty == true)
            try await cluster.brokerUp()
            #expect(try await pending[0].outcome.offset == 1)
            #expect(try await pending[1].outcome.offset == 2)
            try await producer.close()
            #expect(producer.statistics.unreadSuccesses == 0)
            expectSettled(producer, accepted: 3)
        }
    }

    @Test func anEndedScopeTakesNothingThatIsAwaited() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let ended = try await producer.withDeliveryScope { $0 }
            await #expect { try await ended.submit(message("late")) } throws: {
                ($0 as? KafkaError)?.code == .scopeEnded
            }
            let outcomes = await ended.deliver(contentsOf: [message("late"), message("later")])
            for outcome in outcomes {
                #expect { try outcome.get() } throws: {
                    ($0 as? ProducerError)?.error.code == .scopeEnded
                        && ($0 as? ProducerError)?.persistence == .notPersisted
                }
            }
            try await producer.close()
            expectSettled(producer, accepted: 0)
        }
    }
}
