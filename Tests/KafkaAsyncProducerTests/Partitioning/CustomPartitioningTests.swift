// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KafkaTestKit
import Synchronization
import Testing

@testable import KafkaAsyncProducer

@Suite(.timeLimit(.minutes(2))) struct CustomPartitioningTests {
    /// What a partitioner was asked, in order.
    private final class Asked: Sendable {
        private let values = Mutex<[String]>([])
        var all: [String] { values.withLock { $0 } }
        func note(_ message: ProducerMessage) {
            values.withLock { $0.append(message.value?.string ?? "-") }
        }
    }

    /// The number in a message's value, modulo.
    private static func place(_ message: ProducerMessage, _ count: Int32) -> Int32? {
        message.value?.string.flatMap { Int32($0) }.map { $0 % count }
    }

    /// A producer whose partitioner notes what it was asked.
    private func makeAskingProducer(
        _ cluster: MockCluster,
        _ asked: Asked,
        _ budget: Int,
        _ change: (inout AsyncProducer.Configuration) -> Void = { _ in }
    ) async throws -> AsyncProducer {
        try await makeProducer(cluster) {
            $0.partitioning = .custom { message, count in
                asked.note(message)
                return Self.place(message, count)
            }
            $0.buffering.maximumMessages = budget
            change(&$0)
        }
    }

    private func expectPlaces(_ cluster: MockCluster, _ numbers: Range<Int>) async throws {
        let records = try await cluster.records(in: "t")
        let places = Dictionary(
            records.map { ($0.valueText.flatMap { Int($0) } ?? -1, $0.partition) },
            uniquingKeysWith: { first, _ in first }
        )
        #expect(records.count == numbers.count)
        #expect(places == Dictionary(uniqueKeysWithValues: numbers.map { ($0, Int32($0 % 6)) }))
    }

    /// Asked once for each message, by every way in, with a budget that lets most of them wait and with one that does not;
    /// the first of them before the partitions are known.
    @Test(arguments: [5, 100_000]) func everyWayIn(budget: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            let asked = Asked()
            let producer = try await makeAskingProducer(cluster, asked, budget)
            let reader = Task { await countSuccesses(producer) }
            var refused = 0
            func message(_ number: Int) -> ProducerMessage {
                number % 2 == 0
                    ? ProducerMessage(topic: "t", key: "k", value: "\(number)", headers: [RecordHeader("h", "1")])
                    : ProducerMessage(topic: "t", value: "\(number)")
            }
            for start in stride(from: 0, to: 600, by: 100) {
                for number in start..<start + 20 { try await producer.input.send(message(number)) }
                for number in start + 20..<start + 40 {
                    let value = Array("\(number)".utf8)
                    try await producer.input.send(to: "t", value: value.span)
                }
                try await producer.input.send(contentsOf: (start + 40..<start + 60).map { message($0) })
                for number in start + 60..<start + 80 {
                    if case .refused = try producer.input.trySend(message(number)) {
                        refused += 1
                        try await producer.input.send(
                            ProducerMessage(topic: "t", partition: Int32(number % 6), value: "\(number)")
                        )
                    }
                }
                _ = await producer.deliver(contentsOf: (start + 80..<start + 100).map { message($0) })
            }
            try await producer.close()
            #expect(await reader.value == 600 - 6 * 20)
            expectSettled(producer, accepted: 600)
            try await expectPlaces(cluster, 0..<600)
            // What was refused was not asked for in vain.
            #expect(asked.all.count == 600 - refused)
            #expect(Set(asked.all).count == 600 - refused)
        }
    }

    /// Also when many tasks send while messages wait for the partitions, and others for room.
    @Test(arguments: [7, 100_000]) func askedOnceByManyTasks(budget: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            let asked = Asked()
            let producer = try await makeAskingProducer(cluster, asked, budget) { $0.returns.successes = .never }
            try await withThrowingTaskGroup { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in stride(from: task, to: 4_000, by: 8) {
                            let headers = number % 3 == 0 ? [RecordHeader("h", "1")] : []
                            try await producer.input.send(
                                ProducerMessage(topic: "t", value: "\(number)", headers: headers)
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await producer.close()
            expectSettled(producer, accepted: 4_000)
            try await expectPlaces(cluster, 0..<4_000)
            #expect(asked.all.count == 4_000)
            #expect(Set(asked.all).count == 4_000)
        }
    }

    /// A message that was asked for and then came behind others that wait to be: what was said of it holds.
    @Test(arguments: [PartitionChoice.notAsked, .free, .partition(0), .partition(1), .partition(2), .partition(-1)])
    func whatWasSaidHoldsBehindOthers(choice: PartitionChoice) throws {
        let asked = Asked()
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
        configuration.partitioning = .custom { message, _ in
            asked.note(message)
            return 1
        }
        let settings = try CoreSettings(configuration, configuration.makeProperties())
        var state = ProducerState(configuration: configuration, settings: settings, producer: 1)
        var effects = Effects()
        state.insertTopic("t", settings.standard, &effects)
        // Its two partitions are known, and something still waits: the topic is parking.
        for partition in 0..<2 {
            state.queues.append(PartitionQueue(topic: 0, partition: Int32(partition)))
        }
        state.topics[0].queues = [1, 2]
        let plain = ProducerMessage(topic: "t", value: "plain")
        let other = ProducerMessage(topic: "t", value: "x", headers: [RecordHeader("h", "v")])
        let admissions = [
            state.admit(Submission(message: plain, choice: choice)), state.admit(plain, choice, 0),
            state.admit(Submission(message: other, choice: choice)), state.admitWithExtras(other, choice, 0),
        ]
        let isFutile = choice == .partition(2) || choice == .partition(-1)
        for admission in admissions {
            switch admission {
            case .accepted, .acceptedWithWork: #expect(!isFutile)
            case .futile(let error): #expect(isFutile && error.code == .unknownPartition)
            case .undecided, .notNow: Issue.record("\(admission)")
            }
        }
        let undecided = state.nextToChoose(0, &effects)
        if isFutile {
            #expect(undecided == nil && asked.all.isEmpty)
        } else {
            let choices = try #require(undecided).choices
            #expect(choices == Array(repeating: choice == .notAsked ? .partition(1) : choice, count: 4))
            #expect(asked.all.count == (choice == .notAsked ? 4 : 0))
        }
        effects.run()
    }

    /// Messages of one partition keep their order across the moment in which the partitions become known.
    @Test func orderIsKept() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            let producer = try await makeProducer(cluster) { $0.partitioning = .custom { _, _ in 3 } }
            for number in 0..<20_000 {
                try await producer.input.send(
                    ProducerMessage(topic: "t", partition: number % 5 == 0 ? 3 : nil, value: "\(number)")
                )
            }
            try await producer.close()
            expectSettled(producer, accepted: 20_000)
            let records = try await cluster.records(in: "t")
            #expect(records.compactMap { $0.valueText.flatMap { Int($0) } } == Array(0..<20_000))
            #expect(Set(records.map(\.partition)) == [3])
        }
    }

    /// nil follows others until a batch is full, as what has no key does elsewhere; a named partition is not asked for.
    @Test func freeAndNamed() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            let asked = Asked()
            let producer = try await makeProducer(cluster) {
                $0.batching.linger = .seconds(10)
                $0.partitioning = .custom { message, _ in
                    asked.note(message)
                    return nil
                }
            }
            _ = try await producer.deliverAtOnce(ProducerMessage(topic: "t", partition: 0, value: "first"))
            for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", key: "k", value: "free")) }
            for _ in 0..<10 { try await producer.input.send(ProducerMessage(topic: "t", partition: 5, value: "named")) }
            try await producer.close()
            let records = try await cluster.records(in: "t")
            #expect(Set(records.filter { $0.valueText == "free" }.map(\.partition)).count == 1)
            #expect(records.filter { $0.valueText == "named" }.map(\.partition) == Array(repeating: 5, count: 10))
            #expect(asked.all == Array(repeating: "free", count: 100))
        }
    }

    /// A partition that the topic does not have: that message fails, whole, and nothing is sent elsewhere.
    @Test(arguments: [6, -1, .max, .min] as [Int32]) func outOfRange(answer: Int32) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            let producer = try await makeProducer(cluster) {
                $0.partitioning = .custom { message, _ in message.key == nil ? 2 : answer }
            }
            // Before the partitions are known, and after.
            for round in 0..<2 {
                for number in 0..<20 {
                    let key = number % 2 == 0 ? nil : KafkaBytes("bad")
                    try await producer.input.send(
                        ProducerMessage(topic: "t", key: key, value: "\(number)", metadata: round)
                    )
                }
                try await producer.flush()
            }
            let awaited = await #expect(throws: ProducerError.self) {
                try await producer.deliver(ProducerMessage(topic: "t", key: "bad", value: "awaited"))
            }
            #expect(awaited?.error.code == .unknownPartition)
            let errors = try await undelivered(by: producer, deadline: .seconds(20)).errors
            #expect(errors.count == 20)
            for error in errors {
                #expect(error.error.code == .unknownPartition && error.persistence == .notPersisted)
                #expect(error.error.message.contains("\(answer)") && error.error.message.contains("\"t\""))
                #expect(error.message.partition == nil && error.message.key?.string == "bad")
            }
            expectSettled(producer, accepted: 41)
            let records = try await cluster.records(in: "t")
            #expect(records.count == 20 && records.allSatisfy { $0.partition == 2 && $0.key == nil })
        }
    }

    /// No lock is held while it is asked, neither of those that send nor for those that waited.
    @Test func mayLookAtTheProducer() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6]) { cluster in
            let holder = Mutex<AsyncProducer?>(nil)
            let seen = Mutex(0)
            let producer = try await makeProducer(cluster) {
                $0.partitioning = .custom { message, count in
                    let producer = holder.withLock { $0 }
                    seen.withLock { $0 = max($0, producer?.statistics.accepted ?? 0) }
                    if message.key == nil {
                        _ = try? producer?.input.trySend(ProducerMessage(topic: "t", key: "copy", value: message.value))
                    }
                    return Self.place(message, count)
                }
            }
            holder.withLock { $0 = producer }
            for number in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "\(number)")) }
            try await producer.flush()
            for number in 100..<200 { try await producer.input.send(ProducerMessage(topic: "t", value: "\(number)")) }
            try await eventually("the copies are there") { producer.statistics.succeeded == 400 }
            try await producer.close()
            holder.withLock { $0 = nil }
            #expect(seen.withLock { $0 } >= 199)
            expectSettled(producer, accepted: 400)
        }
    }

    /// A partitioner that stands still holds up its own topic only, while messages wait for it: they may be aborted, others are
    /// delivered, and what it answers later is not heard.
    @Test func oneThatStandsStill() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 6, "other": 1]) { cluster in
            let (isAsked, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let producer = try await makeProducer(cluster) {
                $0.partitioning = .custom { message, _ in
                    if message.value?.string == "held" {
                        isAsked.signal()
                        gate.wait()
                    }
                    return 0
                }
            }
            try await producer.input.send(ProducerMessage(topic: "t", value: "held"))
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    isAsked.wait()
                    continuation.resume()
                }
            }
            _ = try await producer.deliver(ProducerMessage(topic: "other", partition: 0, value: "v"))
            #expect(producer.inFlightCount == 1)
            producer.abort()
            var errors = producer.errors.makeAsyncIterator()
            let error = try #require(await errors.next())
            #expect(error.error.code == .purgedFromQueue && error.message.value?.string == "held")
            gate.signal()
            _ = try await producer.deliver(ProducerMessage(topic: "t", value: "later"))
            try await producer.close()
            expectSettled(producer, accepted: 3)
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["later"])
        }
    }
}

extension AsyncProducer {
    /// Sends a message and lets it go without its linger.
    fileprivate func deliverAtOnce(_ message: ProducerMessage) async throws -> Delivery {
        let pending = try await submit(message)
        try await flush(deadline: .seconds(5))
        return try await pending.outcome
    }
}
