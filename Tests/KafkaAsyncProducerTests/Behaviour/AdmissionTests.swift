// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Synchronization
import Testing

@Suite struct AdmissionTests {
    /// A producer whose budget of ten is used up by messages that cannot be delivered.
    private func withFullProducer(
        _ change: (inout AsyncProducer.Configuration) -> Void = { _ in },
        _ body: (AsyncProducer, MockCluster) async throws -> Void
    ) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.buffering.maximumMessages = 10
                $0.buffering.maximumBytes = 10_500
                change(&$0)
            }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
            try await cluster.brokerDown()
            for _ in 0..<10 { try await producer.input.send(ProducerMessage(topic: "t", value: "fills")) }
            try await body(producer, cluster)
        }
    }

    @Test func aSuspendedSenderThatIsCancelledIsNotAccepted() async throws {
        try await withFullProducer { producer, cluster in
            let sender = Task {
                await Result { try await producer.input.send(ProducerMessage(topic: "t", value: "waits")) }
            }
            try await eventually("it waits") { producer.statistics.waitingSenders == 1 }
            sender.cancel()
            guard case .failure(let error) = await sender.value else {
                Issue.record("the send was accepted")
                return
            }
            #expect((error as? KafkaError)?.code == .cancelled)
            #expect(producer.statistics.waitingSenders == 0)
            try await cluster.brokerUp()
            #expect(try await producer.close().statistics.succeeded == 11)
            expectSettled(producer, accepted: 11)
        }
    }

    /// The last one first, as a pile of child tasks is cancelled: it must not take longer than the first one first.
    @Test(.timeLimit(.minutes(2))) func manySendersAreCancelledInAnyOrder() async throws {
        try await withFullProducer { producer, _ in
            func timeToCancel(_ order: ([Task<Void, any Error>]) -> [Task<Void, any Error>]) async throws -> Duration {
                let senders = (0..<20_000).map { _ in
                    Task { try await producer.input.send(ProducerMessage(topic: "t", value: "waits")) }
                }
                try await eventually("they wait") { producer.statistics.waitingSenders == senders.count }
                let start = ContinuousClock.now
                for sender in order(senders) { sender.cancel() }
                #expect(producer.statistics.waitingSenders == 0)
                let duration = ContinuousClock.now - start
                for sender in senders { await #expect(throws: KafkaError.self) { try await sender.value } }
                return duration
            }
            let (forwards, backwards) = (try await timeToCancel { $0 }, try await timeToCancel { $0.reversed() })
            #expect(backwards < forwards * 5 + .seconds(1))
            await #expect(throws: CloseError.self) { try await producer.close(deadline: .zero) }
            expectSettled(producer, accepted: 11)
        }
    }

    @Test func waitingSendersAreAdmittedInOrder() async throws {
        // With room for one at a time, each is written before the next is admitted.
        try await withFullProducer {
            $0.returns.successes = .never
        } _: { producer, cluster in
            var senders: [Task<Void, any Error>] = []
            for number in 0..<20 {
                let message = ProducerMessage(topic: "t", value: [UInt8](repeating: UInt8(number), count: 10_000))
                senders.append(Task { try await producer.input.send(message) })
                try await eventually("sender \(number) waits") { producer.statistics.waitingSenders == number + 1 }
            }
            #expect(try producer.input.trySend(ProducerMessage(topic: "t", value: "x")) == .refused(.sendersWaiting))
            try await cluster.brokerUp()
            for sender in senders { try await sender.value }
            try await producer.close()
            let values = try await cluster.records(in: "t").compactMap(\.value).filter { $0.count == 10_000 }
            #expect(values.map { Int($0[0]) } == Array(0..<20))
            expectSettled(producer, accepted: 31)
        }
    }

    @Test func borrowedBytesAreTakenNowOrNotAtAll() async throws {
        let bytes = Array("borrowed".utf8)
        try await withFullProducer { producer, cluster in
            let tags = Task {
                await producer.successes.reduce(into: [UInt64]()) { tags, message in
                    if let tag = message.metadata as? UInt64 { tags.append(tag) }
                }
            }
            #expect(try producer.input.trySend(to: "t", value: bytes.span, tag: 1) == .refused(.messageLimit))
            #expect(throws: KafkaError.self) { try producer.input.trySend(to: "not a topic", value: bytes.span) }
            try await cluster.brokerUp()
            try await producer.flush()
            #expect(try producer.input.trySend(to: "t", key: bytes.span, value: bytes.span, tag: 2) == .accepted)
            try await producer.close()
            #expect(await tags.value == [2])
            #expect(try producer.input.trySend(to: "t", value: bytes.span) == .refused(.closing))
            let records = try await cluster.records(in: "t").filter { $0.key == bytes && $0.value == bytes }
            #expect(records.count == 1)
            expectSettled(producer, accepted: 12)
        }
    }

    @Test func trySendNamesTheLimit() async throws {
        try await withFullProducer { producer, cluster in
            #expect(try producer.input.trySend(ProducerMessage(topic: "t", value: "x")) == .refused(.messageLimit))
            try await cluster.brokerUp()
            try await producer.flush()
            #expect(try producer.input.trySend(ProducerMessage(topic: "t", value: "x")) == .accepted)
            try await producer.close()
            expectSettled(producer, accepted: 12)
        }
        try await withFullProducer {
            $0.buffering.maximumMessages = 100
            $0.buffering.maximumBytes = 10 * (256 + 5) + 255
        } _: { producer, cluster in
            #expect(try producer.input.trySend(ProducerMessage(topic: "t", value: "x")) == .refused(.byteLimit))
            try await cluster.brokerUp()
            try await producer.close()
            expectSettled(producer, accepted: 11)
        }
    }

    /// The shortest goes off before a sender could even have registered.
    @Test(arguments: [Duration.zero, .nanoseconds(1), .milliseconds(50)])
    func theAdmissionDeadlineThrowsAndSaysWhatHoldsTheRoom(deadline: Duration) async throws {
        try await withFullProducer {
            $0.buffering.admissionDeadline = deadline
        } _: { producer, cluster in
            let error = await #expect(throws: KafkaError.self) {
                try await producer.input.send(ProducerMessage(topic: "t", value: "waits"))
            }
            #expect(error?.code == .noRoom)
            #expect(error?.message.contains("10 messages in flight") == true)
            try await cluster.brokerUp()
            try await producer.close()
            expectSettled(producer, accepted: 11)
        }
    }

    @Test func closeRefusesWaitingSenders() async throws {
        try await withFullProducer { producer, cluster in
            let sender = Task {
                await Result { try await producer.input.send(ProducerMessage(topic: "t", value: "waits")) }
            }
            try await eventually("it waits") { producer.statistics.waitingSenders == 1 }
            producer.asyncClose()
            try await cluster.brokerUp()
            try await producer.close()
            guard case .failure(let error) = await sender.value else {
                Issue.record("the send was accepted")
                return
            }
            #expect((error as? KafkaError)?.code == .closed)
            expectSettled(producer, accepted: 11)
        }
    }

    /// A thousand times: most of a life is waiting, so that eight are lived at once.
    @Test(.namesCases) func sendRacingCloseLosesNothing() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let total = Atomic(0)
            await atOnce(0..<1_000, width: 8) { _ in
                let producer = try await makeProducer(cluster)
                async let accepted = {
                    var accepted = 0
                    while true {
                        do throws(KafkaError) {
                            try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                            accepted += 1
                        } catch {
                            #expect(error.code == .closed)
                            return accepted
                        }
                    }
                }()
                let report = try await producer.close()
                let count = await accepted
                #expect(report.statistics.succeeded == count)
                total.add(count, ordering: .relaxed)
                expectSettled(producer, accepted: count)
            }
            #expect(total.load(ordering: .relaxed) > 0)
        }
    }

    @Test func flushWaitsForWhatWasAcceptedBeforeItOnly() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            let busy = Task {
                while !Task.isCancelled { try await producer.input.send(ProducerMessage(topic: "t", value: "noise")) }
            }
            for _ in 0..<20 {
                let accepted = producer.statistics.accepted
                try await producer.flush()
                let statistics = producer.statistics
                #expect(statistics.succeeded + statistics.failed >= accepted)
            }
            busy.cancel()
            _ = await busy.result
            try await producer.close()
            expectSettled(producer)
        }
    }

    @Test func flushPassesItsDeadlineAndTheMessagesGoOn() async throws {
        try await withFullProducer { producer, cluster in
            let error = await #expect(throws: KafkaError.self) { try await producer.flush(deadline: .milliseconds(50)) }
            #expect(error?.code == .deadlineExceeded)
            #expect(producer.inFlightCount == 10)
            try await cluster.brokerUp()
            try await producer.flush()
            try await producer.close()
            expectSettled(producer, accepted: 11)
        }
    }
}
