// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

// snippet.policy
enum NextStep: Equatable {
    case sendAgain, askSomebody, giveUp

    init(after failure: ProducerError) {
        self =
            switch (failure.persistence, failure.error.isRetriable) {
            case (.notPersisted, true): .sendAgain
            case (.possiblyPersisted, _): .askSomebody
            case (.notPersisted, false), (.persisted, _): .giveUp
            }
    }
}

@Test func whatMayBeInTheLogIsNotSentAgain() {
    let failure = ProducerError(
        message: ProducerMessage(topic: "orders", value: "1"),
        error: KafkaError(.messageTimedOut, "made by a test"),
        persistence: .possiblyPersisted
    )
    #expect(NextStep(after: failure) == .askSomebody)
}
// snippet.end

private func demands(_ orders: Orders<InputRecorder>) async throws {
    // snippet.demands
    let input = InputRecorder()
    input.refuseNext(with: KafkaError(.noRoom, "made by a test"))  // the next send throws
    let late = KafkaError(.messageTimedOut, "made by a test")
    input.failNext(with: late, persistence: .possiblyPersisted)  // the next awaited one fails
    input.limitRoom(to: 2)  // then sends wait, as with a full buffer
    input.close()  // and now they throw `closed`
    // snippet.end
}

private func full(_ input: InputRecorder, _ orders: Orders<InputRecorder>) async throws {
    // snippet.full
    input.limitRoom(to: 0)
    async let placed: Void = orders.place("one")
    while input.waitingSenders == 0 { await Task.yield() }  // a condition, and no time
    input.limitRoom(to: nil)
    try await placed
    // snippet.end
}

private func cluster() async throws {
    // snippet.cluster
    try await withMockCluster(brokers: 1, topics: ["orders": 6]) { cluster in
        let brokers = cluster.bootstrapServers
        var configuration = AsyncProducer.Configuration(bootstrapServers: brokers)
        configuration.delivery.timeout = .seconds(30)
        configuration.logHandler = { _ in }  // faults are on purpose here
        let producer = try await AsyncProducer(configuration)

        // Both of them pass.
        try await cluster.failNext(.produce, with: [.notEnoughReplicas, .transport])
        let message = ProducerMessage(topic: "orders", key: "ada", value: "one")
        _ = try await producer.deliver(message)

        let records = try await cluster.records(in: "orders")
        #expect(records.map(\.keyText) == ["ada"] && records.map(\.valueText) == ["one"])
        let report = try await producer.close()
        #expect(report.isComplete && report.statistics.isBalanced)
    }
    // snippet.end
}

private func lostAnswer(_ cluster: MockCluster, _ producer: AsyncProducer) async throws {
    // snippet.lost
    // Written, but the broker is gone before it can say so, and does not come back in time.
    try await cluster.delayNext(.produce, by: .seconds(60))
    let pending = try await producer.submit(ProducerMessage(topic: "orders", value: "two"))
    while try await cluster.records(in: "orders").isEmpty {
        try await Task.sleep(for: .milliseconds(10))
    }
    try await cluster.brokerDown()
    // Its verdict is possiblyPersisted.
    await #expect(throws: ProducerError.self) { try await pending.outcome }
    // snippet.end
}
