// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// A user's code, which sends through whatever it is given.
private struct Orders<Input: ProducerInput> {
    let input: Input

    func place(_ number: Int) async throws(KafkaError) {
        try await input.send(ProducerMessage(topic: "orders", key: "\(number)", value: "order \(number)"))
    }

    func placeBorrowed(_ number: UInt64) async throws(KafkaError) {
        let value = Array("order \(number)".utf8)
        try await input.send(to: "orders", value: value.span, tag: number)
    }

    func placeAll(_ numbers: Range<Int>) async throws(AsyncProducer.PartialSendError) {
        try await input.send(contentsOf: numbers.map { ProducerMessage(topic: "orders", value: "order \($0)") })
    }

    func confirm(_ number: Int) async throws(ProducerError) -> Int64? {
        try await input.deliver(ProducerMessage(topic: "orders", partition: 3, value: "order \(number)")).offset
    }
}

@Suite(.timeLimit(.minutes(1))) struct InputRecorderTests {
    private let refusal = KafkaError(.noRoom, "no room in this test")

    /// The same code with a producer and with a recorder.
    @Test func takesTheProducersPlace() async throws {
        func run(_ orders: Orders<some ProducerInput>) async throws -> Int64? {
            try await orders.place(1)
            try await orders.placeBorrowed(2)
            try await orders.placeAll(3..<6)
            _ = try await orders.confirm(6)
            return try await orders.confirm(7)
        }
        let recorder = InputRecorder()
        #expect(try await run(Orders(input: recorder)) == 1)
        #expect(recorder.messages.compactMap { $0.value?.string } == (1..<8).map { "order \($0)" })
        #expect(recorder.messages[0].key?.string == "1" && recorder.messages[1].metadata as? UInt64 == 2)
        try await withMockCluster(brokers: 1, topics: ["orders": 4]) { cluster in
            let producer = try await AsyncProducer(.init(bootstrapServers: cluster.bootstrapServers))
            let offset = try await run(Orders(input: producer.input))
            try await producer.close()
            let records = try await cluster.records(in: "orders")
            #expect(Set(records.map(\.valueText)) == Set((1..<8).map { "order \($0)" }))
            #expect(records.first { $0.valueText == "order 7" }?.offset == offset)
        }
    }

    @Test func refusals() async throws {
        let recorder = InputRecorder()
        let orders = Orders(input: recorder)
        recorder.refuseNext(2, with: refusal)
        for _ in 0..<2 {
            #expect(await #expect(throws: KafkaError.self) { try await orders.place(0) }?.code == .noRoom)
        }
        try await orders.place(1)
        #expect(recorder.takeMessages().count == 1 && recorder.messages.isEmpty)

        recorder.failNext(with: KafkaError(.notEnoughReplicas, "too few"), persistence: .possiblyPersisted)
        let failure = await #expect(throws: ProducerError.self) { try await orders.confirm(2) }
        #expect(failure?.error.code == .notEnoughReplicas && failure?.persistence == .possiblyPersisted)
        #expect(failure?.partition == 3 && failure?.message.value?.string == "order 2")
        #expect(recorder.messages.count == 1)
        #expect(try await orders.confirm(3) == 0)

        for message in [
            ProducerMessage(topic: "no/topic", value: "v"), ProducerMessage(topic: "t", partition: -1, value: "v"),
        ] {
            await #expect(throws: KafkaError.self) { try await recorder.send(message) }
            #expect(throws: KafkaError.self) { try recorder.trySend(message) }
        }
        #expect(recorder.messages.count == 2)
    }

    @Test func manyAtOnce() async throws {
        let recorder = InputRecorder()
        let orders = Orders(input: recorder)
        recorder.limitRoom(to: 3)
        let sending = Task { () async -> AsyncProducer.PartialSendError? in
            do throws(AsyncProducer.PartialSendError) {
                try await orders.placeAll(0..<10)
                return nil
            } catch {
                return error
            }
        }
        try await eventually("the fourth waits") { recorder.waitingSenders == 1 }
        sending.cancel()
        let error = try #require(await sending.value)
        #expect(error.acceptedCount == 3 && error.cause.code == .cancelled)
        #expect(error.unsent.compactMap { $0.value?.string } == (3..<10).map { "order \($0)" })
        #expect(recorder.messages.count == 3 && recorder.waitingSenders == 0)

        recorder.limitRoom(to: nil)
        recorder.failNext(with: refusal)
        let outcomes = await recorder.deliver(contentsOf: (0..<3).map { ProducerMessage(topic: "t", value: "\($0)") })
        #expect(outcomes.map { (try? $0.get())?.offset } == [nil, 0, 1])
    }

    @Test func room() async throws {
        let recorder = InputRecorder()
        let message = ProducerMessage(topic: "t", value: "v")
        recorder.limitRoom(to: 1)
        #expect(try recorder.trySend(message) == .accepted)
        #expect(try recorder.trySend(message) == .refused(.messageLimit))
        let first = Task { try await recorder.send(ProducerMessage(topic: "t", value: "first")) }
        try await eventually("one waits") { recorder.waitingSenders == 1 }
        #expect(try recorder.trySend(message) == .refused(.sendersWaiting))
        let second = Task { try await recorder.send(ProducerMessage(topic: "t", value: "second")) }
        try await eventually("two wait") { recorder.waitingSenders == 2 }
        recorder.limitRoom(to: 1)
        try await first.value
        #expect(recorder.messages.last?.value?.string == "first" && recorder.waitingSenders == 1)
        recorder.close()
        #expect(await #expect(throws: KafkaError.self) { try await second.value }?.code == .closed)
        #expect(await #expect(throws: KafkaError.self) { try await recorder.send(message) }?.code == .closed)
        #expect(try recorder.trySend(message) == .refused(.closing))
        #expect(recorder.messages.count == 2)
    }

    /// What comes out of a producer can be made without one.
    @Test func outcomesCanBeMade() throws {
        let message = ProducerMessage(
            topic: "t",
            key: "",
            value: "v",
            headers: [RecordHeader("h", "1"), RecordHeader("h", nil)],
            metadata: 17
        )
        let time = Timestamp(millisecondsSinceEpoch: 1_234_567)
        let delivered = DeliveredMessage(
            message,
            partition: 5,
            offset: 42,
            timestamp: time,
            latency: .milliseconds(7),
            brokerID: 2
        )
        for delivered in [delivered, delivered.copied()] {
            #expect(delivered.topic == "t" && delivered.partition == 5 && delivered.offset == 42)
            #expect(delivered.timestamp == time && delivered.latency == .milliseconds(7) && delivered.brokerID == 2)
            #expect(delivered.key == [] && delivered.value == Array("v".utf8))
            #expect(delivered.headers == message.headers && delivered.metadata as? Int == 17)
        }
        let bare = DeliveredMessage(
            ProducerMessage(topic: "t", key: "k", value: nil),
            partition: 0,
            latency: .seconds(-1)
        )
        #expect(bare.key == [0x6b] && bare.value == nil && bare.offset == nil && bare.timestamp == nil)
        #expect(bare.latency == .zero && bare.headers.isEmpty && bare.metadata == nil && bare.brokerID == nil)

        let batch = SuccessBatch(
            [message, ProducerMessage(topic: "t", value: "second", timestamp: time)],
            in: "t",
            at: Delivery(partition: 5, offset: 42, latency: .milliseconds(1))
        )
        #expect(batch.topic == "t" && batch.map(\.offset) == [42, 43] && batch.map(\.timestamp) == [nil, time])
        #expect(batch.map(\.value) == [Array("v".utf8), Array("second".utf8)] && batch[1].latency == .milliseconds(1))
        #expect(batch[0].headers == message.headers && batch[1].headers.isEmpty && batch[1].copied().offset == 43)
        #expect(SuccessBatch([], in: "t", at: Delivery(partition: 0)).isEmpty)

        var statistics = Statistics()
        (statistics.accepted, statistics.succeeded, statistics.failed) = (3, 2, 1)
        let report = CloseReport(statistics: statistics)
        #expect(statistics.isBalanced && !report.isComplete)
        #expect(CloseReport(statistics: Statistics()).isComplete)
        let errors = ProducerErrors(
            errors: [ProducerError(message: message, error: refusal, persistence: .notPersisted, partition: 5)],
            report: report
        )
        #expect(errors.count == 1 && errors.map(\.error) == [refusal] && errors.first?.partition == 5)
        #expect("\(CloseError.undelivered(errors))" == "1 messages were not delivered: 1 × _NO_ROOM")
    }

    @Test func aPendingDeliveryOfOnesOwn() async throws {
        let message = ProducerMessage(topic: "t", value: "v")
        let delivery = Delivery(partition: 1, offset: 2)
        let pending = PendingDelivery(message: message, outcome: .success(delivery))
        #expect(try await pending.outcome == delivery)
    }
}
