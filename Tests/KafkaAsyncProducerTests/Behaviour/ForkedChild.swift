// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import ProcessSupport
import Synchronization

@testable import KafkaAsyncProducer

/// Makes every public call in a forked child, where all that the parent made is of no use.
struct ForkedChild: Sendable {
    private let producer: AsyncProducer
    private let transactional: AsyncProducer
    /// Of a message without an outcome.
    private let pending: PendingDelivery
    private let cluster: MockCluster
    private let message = ProducerMessage(topic: "t", value: "child")

    init(_ producer: AsyncProducer, _ transactional: AsyncProducer, _ pending: PendingDelivery, _ cluster: MockCluster)
    {
        (self.producer, self.transactional, self.pending, self.cluster) = (producer, transactional, pending, cluster)
    }

    /// 0 when every call returned, or threw what it should, in a child, within ten seconds.
    func run() -> Int32 {
        let child = fork_process()
        guard child == 0 else { return wait_for_process(child) }
        // Ends a child that waits.
        alarm(10)
        guard synchronousCallsAreRefused() else { exit_process(3) }
        let isRefused = CallerExecutor().run { await asynchronousCallsAreRefused() }
        exit_process(isRefused ? 0 : 4)
    }

    private func synchronousCallsAreRefused() -> Bool {
        let bytes = [UInt8](repeating: 1, count: 3)
        let statistics = producer.statistics
        let isSilent = statistics.accepted == 0 && statistics.droppedCodec == nil && producer.inFlightCount == 0
        var refusals = 0
        for attempt in [
            { _ = try producer.input.trySend(message) },
            { _ = try producer.input.trySend(to: "t", value: bytes.span) },
            { _ = try producer.topic("t") },
            { _ = try producer.topic("u", settings: .init(compression: .gzip)) },
        ] as [() throws -> Void] {
            do { try attempt() } catch { refusals += Self.isForked(error) ? 1 : 0 }
        }
        producer.asyncClose()
        producer.abort()
        let health = producer.health
        let isUnwell = !health.isWell && health.fatalError?.code == .forked && producer.fatalError == nil
        let hasText = !String(reflecting: producer).isEmpty && !producer.name.isEmpty
        _ = producer.successes.makeAsyncIterator()
        _ = producer.successes.batches.makeAsyncIterator()
        _ = producer.errors.makeAsyncIterator()
        return isSilent && refusals == 4 && isUnwell && hasText
    }

    private func asynchronousCallsAreRefused() async -> Bool {
        let bytes = [UInt8](repeating: 1, count: 3)
        let (input, messages) = (producer.input, [message, message])
        let calls: [(String, () async throws -> Void)] = [
            ("send", { try await input.send(message) }),
            ("send(to:)", { try await input.send(to: "t", value: bytes.span) }),
            ("send(contentsOf:)", { try await input.send(contentsOf: messages) }),
            ("deliver", { _ = try await producer.deliver(message) }),
            ("deliver(contentsOf:)", { _ = try await producer.deliver(contentsOf: messages).last?.get() }),
            ("submit", { _ = try await producer.submit(message) }),
            ("outcome", { _ = try await pending.outcome }),
            ("flush", { try await producer.flush() }),
            ("close", { try await producer.close() }),
            ("metadata", { _ = try await producer.metadata(for: "t") }),
            ("checkConnection", { try await producer.checkConnection() }),
            ("preflight", { _ = try await producer.preflight(topics: ["t"]) }),
            ("createTopic", { try await producer.createTopic("new") }),
            ("withDeliveryScope", { try await producer.withDeliveryScope { try await $0.send(message) } }),
            ("withTransaction", { try await transactional.withTransaction { try await $0.send(message) } }),
            ("createTopic of the cluster", { try await cluster.createTopic("new", partitions: 1) }),
            ("failNext", { try await cluster.failNext(with: .invalidRecord) }),
            ("clearFaults", { try await cluster.clearFaults() }),
            ("brokerDown", { try await cluster.brokerDown() }),
        ]
        for (name, call) in calls {
            do {
                try await call()
                FileHandle.standardError.write(Data("\(name) was not refused\n".utf8))
                return false
            } catch {
                if Self.isForked(error) { continue }
                FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
                return false
            }
        }
        for await _ in producer.successes { return false }
        for await _ in producer.successes.batches { return false }
        for await _ in producer.errors { return false }
        await cluster.shutdown()
        return true
    }

    private static func isForked(_ error: any Error) -> Bool {
        switch error {
        case let error as KafkaError: error.code == .forked
        case let error as ProducerError: error.error.code == .forked
        case let error as AsyncProducer.PartialSendError: error.cause.code == .forked
        case let error as TransactionError: error.cause.code == .forked
        case CloseError.forked: true
        default: false
        }
    }
}

/// Runs a task on the thread that waits for it: a forked child has no other.
private final class CallerExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let result = Mutex<Bool?>(nil)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    func run(_ body: @escaping @Sendable () async -> Bool) -> Bool {
        Task(executorPreference: self) { [self] in
            let value = await body()
            result.withLock { $0 = value }
        }
        while true {
            if let result = result.withLock({ $0 }) { return result }
            if let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
                // The executor outlives its jobs.
                unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            } else {
                // A thread of the test kit's has to answer.
                usleep(100)
            }
        }
    }
}
