// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Synchronization
import Testing

@testable import KafkaAsyncProducer

/// All that can happen at once: every way to send, readers that come and go, cancellations, flushes, aborts, refusals
/// and a broker that goes away. Each accepted message has one outcome all the same.
@Suite struct ChaosTests {
    /// What was accepted, and what was told of it, by the number in the value.
    private final class Account: Sendable {
        private let last = Atomic(0)
        private let accepted = Mutex<Set<Int>>([])
        private let outcomes = Mutex<[Int: Int]>([:])
        /// Cancelled calls of `deliver`: such a message may have been accepted, and then its outcome is only counted.
        let unknown = Atomic(0)

        func makeMessage() -> ProducerMessage {
            let number = last.add(1, ordering: .relaxed).newValue
            var message = ProducerMessage(topic: "t", key: number.isMultiple(of: 2) ? "k" : nil, value: "\(number)")
            switch number % 5 {
            case 0: message.metadata = number
            case 1: message.headers = [RecordHeader("n", "\(number)")]
            case 2: message.timestamp = Timestamp(millisecondsSinceEpoch: 5)
            case 3: message.partition = number % 9 == 0 ? 9 : 1
            default: break
            }
            return message
        }

        func accept(_ messages: some Sequence<ProducerMessage>) {
            accepted.withLock { accepted in accepted.formUnion(messages.compactMap { Self.number($0.value?.array) }) }
        }

        func tell(_ value: [UInt8]?) {
            guard let number = Self.number(value) else {
                Issue.record("an outcome without its value")
                return
            }
            outcomes.withLock { $0[number, default: 0] += 1 }
        }

        private static func number(_ value: [UInt8]?) -> Int? { Int(String(decoding: value ?? [], as: UTF8.self)) }

        func expectOneOutcomeEach(of statistics: Statistics) {
            let (accepted, outcomes) = (accepted.withLock { $0 }, outcomes.withLock { $0 })
            #expect(outcomes.values.allSatisfy { $0 == 1 })
            #expect(accepted.subtracting(outcomes.keys).isEmpty)
            let silent = statistics.accepted - outcomes.count
            #expect((0...unknown.load(ordering: .relaxed)).contains(silent))
            #expect(accepted.count > 100)
        }
    }

    @Test(arguments: [10, 100, 1_000]) func everyAcceptedMessageHasOneOutcome(room: Int) async throws {
        try await withMockCluster(brokers: 2, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.buffering.maximumMessages = room
                $0.returns.successes = .always
                $0.logHandler = { _ in }
                for name in ["retry.backoff.ms", "reconnect.backoff.ms", "reconnect.backoff.max.ms"] {
                    $0.librdkafka[name] = "10"
                }
            }
            let account = Account()
            let reader = Task { for await message in producer.successes { account.tell(message.value) } }
            let errorReader = Task { for await error in producer.errors { account.tell(error.message.value?.array) } }
            await withTaskGroup(of: Void.self) { group in
                for way in 0..<6 { group.addTask { await repeatedly { await send(way, to: producer, account) } } }
                group.addTask { await repeatedly { await readForAWhile(producer, account) } }
                group.addTask { await repeatedly { try? await producer.flush(deadline: .milliseconds(20)) } }
                group.addTask {
                    await repeatedly {
                        #expect(producer.statistics.isBalanced)
                        try? await cluster.failNext(.produce, with: [.notLeaderOrFollower, .policyViolation])
                        try? await producer.flush(deadline: .milliseconds(40))
                        producer.abort()
                    }
                }
                group.addTask {
                    await repeatedly {
                        try? await cluster.brokerDown(1)
                        try? await producer.flush(deadline: .milliseconds(30))
                        try? await cluster.brokerUp(1)
                    }
                }
            }
            producer.asyncClose()
            await reader.value
            await errorReader.value
            account.expectOneOutcomeEach(of: producer.statistics)
            try await eventually("nothing is left") {
                producer.core.withState { $0.dispatch.inside == 0 && $0.queues.allSatisfy(\.isEmpty) }
            }
            expectSettled(producer)
        }
    }

    private func repeatedly(_ body: () async -> Void) async {
        let end = ContinuousClock.now + .milliseconds(800)
        while ContinuousClock.now < end { await body() }
    }

    /// One of the ways to send; every fourth caller is cancelled, before, while or after it waits.
    private func send(_ way: Int, to producer: AsyncProducer, _ account: Account) async {
        let messages = (0..<4).map { _ in account.makeMessage() }
        let task = Task {
            switch way % 3 {
            case 0:
                for message in messages where (try? await producer.input.send(message)) != nil {
                    account.accept([message])
                }
            case 1:
                do throws(AsyncProducer.PartialSendError) {
                    try await producer.input.send(contentsOf: messages)
                    account.accept(messages)
                } catch {
                    account.accept(messages.prefix(error.acceptedCount))
                }
            default:
                do throws(ProducerError) {
                    _ = try await producer.deliver(messages[0])
                } catch {
                    if error.error.code == .cancelled {
                        account.unknown.add(1, ordering: .relaxed)
                        return
                    }
                }
                account.accept([messages[0]])
                account.tell(messages[0].value?.array)
            }
        }
        if Int.random(in: 0..<4) == 0 { task.cancel() }
        await task.value
    }

    /// A reader that leaves its loop half way, sends from it, or is cancelled.
    private func readForAWhile(_ producer: AsyncProducer, _ account: Account) async {
        let task = Task {
            for await message in producer.successes {
                account.tell(message.value)
                switch Int.random(in: 0..<20) {
                case 0: return
                case 1: await send(0, to: producer, account)
                default: break
                }
            }
        }
        try? await producer.flush(deadline: .milliseconds(10))
        task.cancel()
        await task.value
    }
}
