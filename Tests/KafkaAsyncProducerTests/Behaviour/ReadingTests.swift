// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import RDKafka
import Testing

@testable import KafkaAsyncProducer

@Suite struct ReadingTests {
    typealias Policy = AsyncProducer.Configuration.Returns.Successes

    @Test func leavingALoopHalfWayGivesTheRestBack() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            for number in 0..<1_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "\(number)")) }
            try await producer.flush()
            var read: [String] = []
            for await message in producer.successes {
                read.append(String(decoding: message.value ?? [], as: UTF8.self))
                if read.count == 137 { break }
            }
            #expect(producer.statistics.bufferedMessages == 1_000 - 137)
            // The producer is not disturbed.
            try await producer.input.send(ProducerMessage(topic: "t", value: "1000"))
            producer.asyncClose()
            for await message in producer.successes {
                read.append(String(decoding: message.value ?? [], as: UTF8.self))
            }
            #expect(read == (0...1_000).map { "\($0)" })
            expectSettled(producer, accepted: 1_001)
        }
    }

    @Test(arguments: [Policy.automatic, .never])
    func nobodyReadsAndNothingStalls(policy: Policy) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.returns.successes = policy
                $0.buffering.maximumMessages = 1_000
            }
            for _ in 0..<50_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            #expect(try await producer.close().statistics.succeeded == 50_000)
            #expect(producer.statistics.discardedSuccesses == 50_000)
            expectSettled(producer, accepted: 50_000)
        }
    }

    /// The reader comes when nothing can move any more without it: as late as can be.
    @Test(arguments: [Policy.automatic, .always, .never])
    func aReaderThatStartsLate(policy: Policy) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.returns.successes = policy
                $0.buffering.maximumMessages = 20_000
            }
            let sending = Task {
                for _ in 0..<50_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            }
            if policy == .always {
                try await eventually("the sender waits for a reader") {
                    producer.statistics.waitingSenders == 1 && producer.inFlightCount == 0
                }
                #expect(producer.statistics.unreadSuccesses == 20_000)
            } else {
                try await sending.value
                try await producer.flush()
                #expect(producer.statistics.unreadSuccesses <= 20_000)
                #expect(producer.statistics.unreadSuccesses >= (policy == .automatic ? 10_000 : 0))
            }
            async let read = countSuccesses(producer)
            try await sending.value
            producer.asyncClose()
            let count = await read
            switch policy {
            case .always: #expect(count == 50_000)
            case .automatic: #expect(count >= 10_000 && count + producer.statistics.discardedSuccesses == 50_000)
            case .never: #expect(count == 0)
            }
            expectSettled(producer, accepted: 50_000)
        }
    }

    @Test func aBudgetOfTenWithOneFollowUpPerSuccess() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.buffering.maximumMessages = 10
                $0.returns.successes = .always
            }
            async let reading = {
                var followUps = 0
                for await message in producer.successes where message.value == Array("first".utf8) {
                    try await producer.input.send(ProducerMessage(topic: "t", value: "second"))
                    followUps += 1
                    if followUps == 500 { producer.asyncClose() }
                }
                return followUps
            }()
            for _ in 0..<500 { try await producer.input.send(ProducerMessage(topic: "t", value: "first")) }
            #expect(try await reading == 500)
            expectSettled(producer, accepted: 1_000)
        }
    }

    @Test func sendingErrorsAgainWithTheBudgetUsedUp() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.buffering.maximumMessages = 10 }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            async let resending = {
                var count = 0
                for await error in producer.errors {
                    var message = error.message
                    message.partition = nil
                    try await producer.input.send(message)
                    count += 1
                    if count == 500 { producer.asyncClose() }
                }
                return count
            }()
            for number in 0..<500 {
                try await producer.input.send(ProducerMessage(topic: "t", partition: 8, value: "\(number)"))
            }
            #expect(try await resending == 500)
            try await producer.close()
            #expect(Set(try await cluster.records(in: "t").compactMap(\.valueText)).count == 501)
            expectSettled(producer, accepted: 1_001)
        }
    }

    @Test func everySuccessKeptInAnArray() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.buffering.maximumMessages = 1_000
                $0.returns.successes = .always
            }
            async let reading = {
                var kept: [DeliveredMessage] = []
                for await message in producer.successes { kept.append(message) }
                return kept
            }()
            for number in 0..<20_000 {
                let header = [RecordHeader("n", "\(number)")]
                try await producer.input.send(
                    ProducerMessage(
                        topic: "t",
                        key: "k\(number)",
                        value: "\(number)",
                        headers: number % 100 == 0 ? header : []
                    )
                )
            }
            producer.asyncClose()
            let kept = await reading
            try await producer.close()
            // The client is gone; what was kept is whole all the same.
            #expect(kept.count == 20_000)
            for (number, message) in kept.enumerated() {
                guard message.value == Array("\(number)".utf8), message.key == Array("k\(number)".utf8),
                    message.offset == Int64(number), message.headers.count == (number % 100 == 0 ? 1 : 0),
                    message.latency != nil, message.copied().value == message.value
                else {
                    Issue.record("message \(number) was altered")
                    return
                }
            }
            expectSettled(producer, accepted: 20_000)
        }
    }

    @Test func batchesHoldTheSameMessages() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            async let reading = {
                var values: [String] = []
                for await batch in producer.successes.batches {
                    for message in batch { values.append(String(decoding: message.value ?? [], as: UTF8.self)) }
                }
                return values
            }()
            for number in 0..<10_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "\(number)")) }
            producer.asyncClose()
            #expect(await reading == (0..<10_000).map { "\($0)" })
            expectSettled(producer, accepted: 10_000)
        }
    }

    @Test func severalIteratorsShareTheWork() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            async let first = countSuccesses(producer)
            async let second = countSuccesses(producer)
            async let third = countSuccesses(producer)
            for _ in 0..<20_000 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
            producer.asyncClose()
            #expect(await first + second + third == 20_000)
            expectSettled(producer, accepted: 20_000)
        }
    }

    @Test func aCancelledReaderEndsAndStrandsNobody() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            let readers = (0..<10).map { _ in Task { await countSuccesses(producer) } }
            let errorReader = Task { await collectErrors(producer).count }
            for reader in readers { reader.cancel() }
            errorReader.cancel()
            for reader in readers { _ = await reader.value }
            #expect(await errorReader.value == 0)
            async let read = countSuccesses(producer)
            try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
            producer.asyncClose()
            #expect(await read == 1)
            expectSettled(producer, accepted: 1)
        }
    }

    /// However much there is to read: a cancelled reader leaves it to others.
    @Test func aCancelledReaderLeavesWhatItHasNotTaken() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            // Each in a batch of its own.
            for _ in 0..<5 {
                try await producer.input.send(ProducerMessage(topic: "t", value: "x"))
                try await producer.flush()
                try await producer.input.send(ProducerMessage(topic: "t", partition: 7, value: "x"))
            }
            let (successes, errors) = await withTaskGroup(of: (Int, Int).self) { group in
                // A task added to a cancelled group is cancelled from its first step on.
                group.cancelAll()
                group.addTask { (await countSuccesses(producer), await collectErrors(producer).count) }
                return await group.reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
            }
            #expect(successes == 0 && errors == 0)
            #expect(producer.statistics.unreadSuccesses == 5 && producer.statistics.unreadErrors == 5)
            producer.asyncClose()
            #expect(await countSuccesses(producer) == 5)
            #expect(await collectErrors(producer).count == 5)
            expectSettled(producer, accepted: 11)
        }
    }

    @Test func closeFromTheLoopOverErrorsLeavesThemToTheLoop() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster)
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "the partitions are known"))
            for _ in 0..<5 { try await producer.input.send(ProducerMessage(topic: "t", partition: 7, value: "x")) }
            var count = 0
            for await _ in producer.errors {
                if count == 0 { try await producer.close() }
                count += 1
            }
            #expect(count == 5)
            expectSettled(producer, accepted: 6)
        }
    }

    @Test func theLastReaderLeavesAfterCloseAndNothingStaysBuffered() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            for _ in 0..<3 {
                for _ in 0..<2 { try await producer.input.send(ProducerMessage(topic: "t", value: "x")) }
                try await producer.flush()
            }
            for await _ in producer.successes {
                try await producer.close()
                #expect(producer.statistics.bufferedMessages > 0)
                break
            }
            expectSettled(producer, accepted: 6)
            #expect(producer.statistics.discardedSuccesses == 5)
        }
    }

    /// What an iterator gives back after the close has to be copied out of librdkafka like all that was unread then.
    @Test func theRestGivenBackAfterTheCloseDoesNotKeepTheClientAlive() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let producer = try await makeProducer(cluster) { $0.returns.successes = .always }
            for number in 0..<10 { try await producer.input.send(ProducerMessage(topic: "t", value: "\(number)")) }
            weak let client = producer.core.metadata.client
            var read: [String] = []
            for await message in producer.successes {
                read.append(String(decoding: message.value ?? [], as: UTF8.self))
                producer.asyncClose()
                try await eventually("it is closed") { producer.inFlightCount == 0 }
                break
            }
            try await eventually(within: .seconds(5), "the client is let go of") { client == nil }
            for await message in producer.successes {
                read.append(String(decoding: message.value ?? [], as: UTF8.self))
            }
            #expect(read == (0..<10).map { "\($0)" })
            expectSettled(producer, accepted: 10)
        }
    }
}
