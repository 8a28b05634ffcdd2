// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import TestingYourCode

/// No broker, no producer, no waiting: a recorder keeps what is sent, and fails as it is told.
struct RecorderTests {
    private let recorder = InputRecorder()
    private var desk: OrderDesk<InputRecorder> { OrderDesk(input: recorder) }

    @Test func anOrderIsOneMessageWithItsCustomerAsTheKey() async throws {
        #expect(await desk.place(.coffee) == .placed)
        let message = try #require(recorder.messages.first)
        #expect(recorder.messages.count == 1)
        #expect(message.topic == "orders" && message.key?.string == "ada" && message.value?.string == "1,coffee")
        #expect(message.headers == [RecordHeader("version", "1")])
    }

    @Test func whatWasNotAcceptedWasNotSent() async {
        recorder.refuseNext(with: KafkaError(.noRoom, "the buffer is full"))
        #expect(await desk.place(.coffee) == .tryAgain)
        #expect(recorder.messages.isEmpty)
        #expect(await desk.place(.coffee) == .placed)
    }

    /// A verdict that a cluster gives only when its answer is lost at the right moment: here it is one line.
    @Test func theVerdictDecidesWhatTheCustomerIsTold() async {
        let error = KafkaError(.messageTimedOut, "no answer in time")
        recorder.failNext(with: error, persistence: .possiblyPersisted)
        recorder.failNext(with: error, persistence: .notPersisted)
        #expect(await desk.place(.coffee) == .unknown)
        #expect(await desk.place(.coffee) == .tryAgain)
    }

    @Test func anOrderWaitsForRoomAndIsPlacedThen() async throws {
        recorder.limitRoom(to: 0)
        async let reply = desk.place(.coffee)
        while recorder.waitingSenders == 0 { await Task.yield() }
        #expect(recorder.messages.isEmpty)
        recorder.limitRoom(to: nil)
        #expect(await reply == .placed)
    }
}
