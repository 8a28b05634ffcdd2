// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Synchronization
import Testing

/// What the budget says and what the process holds: each in a process of its own, the cluster in another.
@Suite(.timeLimit(.minutes(2)), .needsProc)
struct MemoryTests {
    /// What a process may hold beyond its budget.
    private static let tolerance = 20 << 20

    /// One message that is kept must not keep the batch in which it came.
    @Test func unreadMessagesAmongAwaitedOnesAreAllThatIsHeld() async throws {
        _ = try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            await #expect(processExitsWith: .success) { [servers = cluster.bootstrapServers as [String]] in
                let producer = try await Self.producer(servers) { $0.returns.successes = .always }
                let value = [UInt8](repeating: 1, count: 10_000)
                @Sendable func deliver() async throws {
                    try await withThrowingDiscardingTaskGroup { group in
                        for _ in 0..<49 {
                            group.addTask { _ = try await producer.deliver(ProducerMessage(topic: "t", value: value)) }
                        }
                    }
                }
                // Until all pools are as large as they get.
                for _ in 0..<40 { try await deliver() }
                let before = try residentBytes()
                try await Self.fill(producer, before) {
                    for _ in 0..<500 {
                        try await producer.input.send(ProducerMessage(topic: "t", value: value))
                        try await deliver()
                    }
                }
            }
        }
    }

    /// Each in a report of its own.
    @Test func unreadSingleReportsAreChargedAsWhatTheyHold() async throws {
        _ = try await withMockCluster(brokers: 1, topics: ["t": 12]) { cluster in
            await #expect(processExitsWith: .success) { [servers = cluster.bootstrapServers as [String]] in
                let producer = try await Self.producer(servers) {
                    $0.returns.successes = .always
                    $0.batching.maximumMessages = 1
                }
                for _ in 0..<1_000 { _ = try await producer.deliver(ProducerMessage(topic: "t", value: "x")) }
                let before = try residentBytes()
                try await Self.fill(producer, before) {
                    for number in 0..<60_000 {
                        try await producer.input.send(to: "t", partition: Int32(number % 12), value: [1].span)
                    }
                }
            }
        }
    }

    /// The budget bounds it, whatever the messages look like and however late the reader is.
    @Test(arguments: ["small", "keyed", "headers", "large"])
    func aFullBudgetIsAllThatIsHeld(kind: String) async throws {
        _ = try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            await #expect(processExitsWith: .success) {
                [servers = cluster.bootstrapServers as [String], kind = kind as String] in
                let producer = try await Self.producer(servers) { $0.returns.successes = .always }
                _ = try await producer.deliver(ProducerMessage(topic: "t", value: "first"))
                let before = try residentBytes()
                let sender = Task {
                    for number in 0... {
                        var message = ProducerMessage(topic: "t", value: "x")
                        switch kind {
                        case "keyed": message.key = KafkaBytes("key \(number)")
                        case "headers": message.headers = (0..<3).map { RecordHeader("name \($0)", "value") }
                        case "large": message.value = KafkaBytes([UInt8](repeating: 1, count: 10_000))
                        default: break
                        }
                        try await producer.input.send(message)
                    }
                }
                try await eventually("the budget is used up") {
                    producer.statistics.waitingSenders == 1 && producer.inFlightCount == 0
                }
                let held = try residentBytes() - before
                #expect(isSanitized || held < 32 << 20 + Self.tolerance, "\(held >> 20) MiB for \(producer.statistics)")
                producer.asyncClose()
                _ = await sender.result
                try await producer.close()
            }
        }
    }

    /// 10,000 partitions with a message each.
    @Test func manyPartitionsAreCheap() async throws {
        _ = try await withMockCluster(brokers: 1, topics: ["many": 10_000]) { cluster in
            await #expect(processExitsWith: .success) { [servers = cluster.bootstrapServers as [String]] in
                let producer = try await Self.producer(servers) { $0.batching.linger = .seconds(60) }
                _ = try await producer.metadata(for: "many", timeout: .seconds(30))
                let before = try residentBytes()
                for partition in 0..<Int32(10_000) {
                    try await producer.input.send(ProducerMessage(topic: "many", partition: partition, value: "x"))
                }
                let held = try residentBytes() - before
                #expect(isSanitized || held < 64 << 20, "\(held >> 20) MiB for \(producer.statistics)")
                _ = try? await producer.close(deadline: .zero)
            }
        }
    }

    // MARK: Threads

    /// A message that is kept is the user's; the client that delivered it must go all the same.
    @Test(arguments: ["first", "break", "batch"]) func aKeptMessageDoesNotKeepTheClient(kind: String) async throws {
        _ = try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            await #expect(processExitsWith: .success) {
                [servers = cluster.bootstrapServers as [String], kind = kind as String] in
                var kept: [DeliveredMessage] = []
                do {
                    let producer = try await Self.producer(servers) { $0.returns.successes = .always }
                    for _ in 0..<100 { try await producer.input.send(ProducerMessage(topic: "t", value: "kept")) }
                    switch kind {
                    case "first": if let first = await producer.successes.first(where: { _ in true }) { kept = [first] }
                    case "batch":
                        for await batch in producer.successes.batches {
                            kept = Array(batch)
                            break
                        }
                    default:
                        for await message in producer.successes {
                            kept.append(message)
                            if kept.count == 3 { break }
                        }
                    }
                    try await producer.close()
                }
                try await eventually(within: .seconds(10), "librdkafka's threads end") {
                    try threads(named: ["rdk:"]) == 0
                }
                #expect(
                    !kept.isEmpty && kept.allSatisfy { $0.value == Array("kept".utf8) },
                    "what was kept changed"
                )
            }
        }
    }

    /// Sends until there is no room for more, or all is sent and reported, and holds the account against the process.
    private static func fill(
        _ producer: AsyncProducer,
        _ before: Int,
        _ send: @escaping @Sendable () async throws -> Void
    ) async throws {
        let isSent = Mutex(false)
        let sender = Task {
            try await send()
            isSent.withLock { $0 = true }
        }
        try await eventually("all is reported, or there is no room") {
            producer.inFlightCount == 0 && (isSent.withLock { $0 } || producer.statistics.waitingSenders > 0)
        }
        let statistics = producer.statistics
        #expect(statistics.unreadSuccesses > 0)
        let held = try residentBytes() - before
        #expect(isSanitized || held < statistics.bufferedBytes + Self.tolerance, "\(held >> 20) MiB for \(statistics)")
        producer.asyncClose()
        _ = await sender.result
        _ = try? await producer.close(deadline: .zero)
    }

    private static func producer(
        _ servers: [String],
        _ change: (inout AsyncProducer.Configuration) -> Void
    ) async throws -> AsyncProducer {
        var configuration = AsyncProducer.Configuration(bootstrapServers: servers)
        change(&configuration)
        return try await AsyncProducer(configuration)
    }
}
