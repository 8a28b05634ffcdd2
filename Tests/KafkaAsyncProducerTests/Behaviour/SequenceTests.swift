// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Synchronization
import Testing

@testable import KafkaAsyncProducer

/// `send(contentsOf:)` of sequences that give their messages when they like.
@Suite(.timeLimit(.minutes(2))) struct SequenceTests {
    private struct Broken: Error {}

    private func message(_ number: Int) -> ProducerMessage { ProducerMessage(topic: "t", value: "\(number)") }

    /// What a send of the sequence threw, in a task of its own.
    private func send(_ messages: some AsyncSequence<ProducerMessage, Never> & Sendable, _ producer: AsyncProducer)
        -> Task<AsyncProducer.PartialSendError?, Never>
    {
        Task {
            do throws(AsyncProducer.PartialSendError) {
                try await producer.input.send(contentsOf: messages)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test(arguments: [7, 100_000]) func allOfIt(budget: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = budget }
            let stream = AsyncStream { continuation in
                for number in 0..<1_234 { continuation.yield(message(number)) }
                continuation.finish()
            }
            #expect(await send(stream, producer).value == nil)
            #expect(producer.statistics.accepted == 1_234)
            // Nothing at all, and a sequence whose elements are made by others.
            try await producer.input.send(contentsOf: AsyncStream<ProducerMessage> { $0.finish() })
            let numbers = AsyncStream { continuation in
                for number in 1_234..<1_300 { continuation.yield(number) }
                continuation.finish()
            }
            try await producer.input.send(contentsOf: numbers.map { ProducerMessage(topic: "t", value: "\($0)") })
            try await producer.close()
            expectSettled(producer, accepted: 1_300)
            let records = try await cluster.records(in: "t")
            #expect(records.compactMap { $0.valueText.flatMap { Int($0) } } == Array(0..<1_300))
        }
    }

    /// One message is sent at once, though no other comes.
    @Test func noneWaitsForOthers() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let (stream, continuation) = AsyncStream.makeStream(of: ProducerMessage.self)
            let sending = send(stream, producer)
            for number in 0..<5 {
                continuation.yield(message(number))
                try await eventually("message \(number) is delivered") { producer.statistics.succeeded == number + 1 }
            }
            continuation.finish()
            #expect(await sending.value == nil)
            try await producer.close()
            expectSettled(producer, accepted: 5)
        }
    }

    /// Cancelled while the sequence makes it wait: the stream's early end is not taken for its own.
    @Test func cancelledWhileNothingComes() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let (stream, continuation) = AsyncStream.makeStream(of: ProducerMessage.self)
            for number in 0..<250 { continuation.yield(message(number)) }
            let sending = send(stream, producer)
            try await eventually("all are accepted") { producer.statistics.accepted == 250 }
            sending.cancel()
            let error = try #require(await sending.value)
            #expect(error.acceptedCount == 250 && error.cause.code == .cancelled && error.unsent.isEmpty)
            try await producer.close()
            expectSettled(producer, accepted: 250)
        }
    }

    /// An endless sequence that never waits, while there is room for all of it.
    @Test func cancelledWhileThereIsRoom() async throws {
        struct Endless: AsyncSequence, AsyncIteratorProtocol {
            func makeAsyncIterator() -> Self { self }
            mutating func next() async -> ProducerMessage? { ProducerMessage(topic: "t", value: "v") }
            mutating func next(isolation: isolated (any Actor)?) async throws(Never) -> ProducerMessage? {
                ProducerMessage(topic: "t", value: "v")
            }
        }
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let sending = send(Endless(), producer)
            try await eventually("it runs") { producer.statistics.accepted > 1_000 }
            sending.cancel()
            let error = try #require(await sending.value)
            #expect(error.cause.code == .cancelled)
            #expect(error.acceptedCount == producer.statistics.accepted)
            try await producer.close()
            expectSettled(producer, accepted: error.acceptedCount)
        }
    }

    /// The message that was not accepted comes back, and the sequence was not read beyond it.
    @Test func stoppedInTheMiddle() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let (stream, continuation) = AsyncStream.makeStream(of: ProducerMessage.self)
            for number in 0..<120 { continuation.yield(message(number)) }
            continuation.yield(ProducerMessage(topic: "no/topic", value: "bad"))
            for number in 120..<130 { continuation.yield(message(number)) }
            continuation.finish()
            let error = try #require(await send(stream, producer).value)
            #expect(error.acceptedCount == 120 && error.cause.code == .invalidTopic && error.sequenceError == nil)
            #expect(error.unsent.map { $0.value?.string } == ["bad"])
            #expect(await send(stream, producer).value == nil)
            try await producer.close()
            expectSettled(producer, accepted: 130)
        }
    }

    @Test func theSequenceThrows() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            for (thrown, code) in [(Broken(), .sequenceFailed), (CancellationError(), .cancelled)]
                as [(any Error, KafkaError.Code)]
            {
                let stream = AsyncThrowingStream { continuation in
                    for number in 0..<42 { continuation.yield(message(number)) }
                    continuation.finish(throwing: thrown)
                }
                do throws(AsyncProducer.PartialSendError) {
                    try await producer.input.send(contentsOf: stream)
                    Issue.record("the sequence threw")
                } catch {
                    #expect(error.acceptedCount == 42 && error.cause.code == code && error.unsent.isEmpty)
                    #expect(type(of: error.sequenceError ?? Broken()) == type(of: thrown))
                }
            }
            try await producer.close()
            expectSettled(producer, accepted: 84)
        }
    }

    /// Of an array and of a sequence that can be read only once, what was not accepted comes back.
    @Test func whatWasNotSentComesBack() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            var messages = (0..<350).map { message($0) }
            messages[205] = ProducerMessage(topic: "no/topic", value: "bad")
            func error(_ send: () async throws(AsyncProducer.PartialSendError) -> Void) async -> AsyncProducer
                .PartialSendError?
            {
                do throws(AsyncProducer.PartialSendError) {
                    try await send()
                    return nil
                } catch {
                    return error
                }
            }
            let input = producer.input
            let all = messages
            let ofArray = try #require(
                await error { () async throws(AsyncProducer.PartialSendError) in try await input.send(contentsOf: all) }
            )
            #expect(ofArray.acceptedCount == 205 && ofArray.unsent.count == 145)
            let once = AnyIterator(messages.makeIterator())
            let ofSequence = try #require(
                await error { () async throws(AsyncProducer.PartialSendError) in try await input.send(contentsOf: once)
                }
            )
            #expect(ofSequence.acceptedCount == 205 && ofSequence.unsent.first?.value?.string == "bad")
            #expect(ofSequence.unsent.count + Array(once).count == 145)
            try await producer.close()
            expectSettled(producer, accepted: 410)
        }
    }
}
