// SPDX-License-Identifier: Apache-2.0

#if ServiceLifecycleSupport
import KafkaAsyncProducer
import KafkaTestKit
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

/// Says when its group has started it.
private struct Announced<Inner: Service>: Service {
    let service: Inner
    let start: AsyncStream<Void>.Continuation

    func run() async throws {
        start.yield()
        try await service.run()
    }
}

@Suite(.timeLimit(.minutes(1))) struct LifecycleTests {
    @Test func gracefulShutdownDeliversWhatWasAccepted() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            var configuration = configuration(cluster)
            // Only the close sends it in time.
            configuration.batching.linger = .seconds(60)
            let producer = try await AsyncProducer(configuration)
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup { group in
                    group.addTask { try await producer.run() }
                    for number in 0..<50 {
                        try await producer.input.send(ProducerMessage(topic: "a", value: "\(number)"))
                    }
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            #expect(producer.statistics.succeeded == 50)
            #expect(producer.statistics.inFlight == 0)
            #expect(try await cluster.records(in: "a").count == 50)
        }
    }

    @Test func aCancelledGroupDropsTheRestAndSaysSo() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            var configuration = configuration(cluster)
            configuration.batching.linger = .seconds(60)
            let producer = try await AsyncProducer(configuration)
            try await producer.input.send(ProducerMessage(topic: "a", value: "1"))
            let run = Task { try await producer.run() }
            run.cancel()
            let clock = ContinuousClock.now
            await #expect(throws: CloseError.self) { try await run.value }
            #expect(ContinuousClock.now - clock < .seconds(10))
            #expect(producer.statistics.failedByCause == [.purgedFromQueue: 1])
        }
    }

    @Test func aGroupThatIsOutOfTimeDropsTheRest() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            let producer = try await AsyncProducer(configuration(cluster))
            try await cluster.brokerDown()
            let failures = Mutex<[KafkaError.Code]>([])
            let service = producer.service { failure in failures.withLock { $0.append(failure.error.code) } }
            let (started, start) = AsyncStream<Void>.makeStream()
            let announced = Announced(service: service, start: start)
            var settings = ServiceGroupConfiguration(services: [announced], logger: Logger(label: "test"))
            settings.maximumGracefulShutdownDuration = .milliseconds(200)
            let group = ServiceGroup(configuration: settings)
            try await producer.input.send(ProducerMessage(topic: "a", value: "1"))
            async let end: Void = group.run()
            for await _ in started { break }
            await group.triggerGracefulShutdown()
            // Whether the group calls it cancelled is its own affair; the account is ours.
            _ = try? await end
            #expect(producer.statistics.inFlight == 0)
            #expect(producer.statistics.failed == 1)
            #expect(failures.withLock { $0.count } == 1)
        }
    }

    @Test func aServiceReadsEveryOutcome() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            let producer = try await AsyncProducer(configuration(cluster))
            let counts = Mutex((delivered: 0, failed: 0))
            let service = producer.service(
                onSuccess: { _ in counts.withLock { $0.delivered += 1 } },
                onError: { _ in counts.withLock { $0.failed += 1 } }
            )
            #expect("\(service)" == "AsyncProducer(\(producer.name))")
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup { group in
                    group.addTask { try await service.run() }
                    for number in 0..<20 {
                        try await producer.input.send(ProducerMessage(topic: "a", value: "\(number)"))
                    }
                    try await producer.input.send(ProducerMessage(topic: "a", partition: 9, value: "nowhere"))
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
            #expect(counts.withLock { $0 } == (20, 1))
        }
    }

    @Test func aCloseOfOnesOwnDoesNoHarm() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            let producer = try await AsyncProducer(configuration(cluster))
            try await producer.close()
            try await testGracefulShutdown { trigger in
                trigger.triggerGracefulShutdown()
                try await producer.run()
            }
        }
    }
}
#endif
