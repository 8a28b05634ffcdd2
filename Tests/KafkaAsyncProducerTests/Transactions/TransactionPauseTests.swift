// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import KafkaAsyncProducer

/// How long messages are kept back for a coordinator that has not done with the transaction before.
@Suite(.timeLimit(.minutes(1))) struct TransactionPauseTests {
    private static let millisecond: Int64 = 1_000_000

    /// A coordinator that needs a while: nearly all transactions wait for that and little more.
    @Test(arguments: [1, 4, 9, 15]) func findsWhatTheCoordinatorNeeds(milliseconds: Int64) {
        let need = milliseconds * Self.millisecond
        var pause = TransactionPause()
        for _ in 0..<100 { pause.learn(wasRefused: pause.length < need) }
        var refusals = 0
        for _ in 0..<1_000 {
            let wasRefused = pause.length < need
            if wasRefused { refusals += 1 }
            #expect(pause.length < need + 3 * Self.millisecond)
            pause.learn(wasRefused: wasRefused)
        }
        #expect(refusals < 200)
    }

    @Test func neverWaitsLongerThanARefusalTakes() {
        var pause = TransactionPause()
        for _ in 0..<100 { pause.learn(wasRefused: true) }
        #expect(pause.length == 20 * Self.millisecond)
        for _ in 0..<1_000 { pause.learn(wasRefused: false) }
        #expect(pause.length < Self.millisecond / 1_000)
    }

    /// The coordinator refuses partitions, as one does that still marks those of the transaction before: CONCURRENT_TRANSACTIONS.
    @Test func aRefusalIsLearntFrom() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeTransactionalProducer(cluster)
            func pause() -> Int64 { producer.core.withState { $0.transaction.pause.length } }
            let message = ProducerMessage(topic: "t", value: "x")
            try await producer.withTransaction { try await $0.send(message) }
            #expect(pause() == 0)
            try await cluster.failNext(.addPartitionsToTransaction, with: KafkaError.Code(rawValue: 51))
            try await producer.withTransaction { try await $0.send(message) }
            let learnt = pause()
            #expect(learnt > 0)
            // The next ones are kept back a little, and go through.
            for _ in 0..<5 { try await producer.withTransaction { try await $0.send(message) } }
            #expect(pause() > 0 && pause() < learnt)
            #expect(producer.statistics.committedTransactions == 7)
            try await producer.close()
            expectSettled(producer, accepted: 7)
        }
    }
}
