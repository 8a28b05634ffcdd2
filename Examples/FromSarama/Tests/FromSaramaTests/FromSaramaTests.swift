// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import FromSarama

@Suite(.serialized, .timeLimit(.minutes(3))) struct FromSaramaTests {
    private func withCluster(_ body: (MockCluster) async throws -> Void) async throws {
        try await withMockCluster(brokers: 1, topics: ["orders": 2], body)
    }

    #if os(Linux)
    /// The first: what the others leave to end by itself would hide a leak.
    @Test(arguments: [true, false]) func producersLeaveNothingBehind(closes: Bool) async throws {
        try await withCluster { cluster in
            let left = try await Leaks.difference(
                lives: 20,
                messages: 200,
                closes: closes,
                brokers: cluster.bootstrapServers
            )
            print("20 producers, \(closes ? "closed" : "dropped"): \(left)")
            #expect(left.descriptors <= 0 && left.threads <= 0)
            // 300 KiB for each would be 6 MiB.
            #expect(left.bytes < 6 << 20)
        }
    }
    #endif

    @Test func everyOrderArrivesAndTheCountsSaySo() async throws {
        try await withCluster { cluster in
            let (orders, continuation) = AsyncStream.makeStream(of: String.self)
            for number in 0..<500 { continuation.yield("customer-\(number % 7): order \(number)") }
            continuation.finish()
            let never = AsyncStream<Void>.makeStream()
            let counts = try await OrderService(brokers: cluster.bootstrapServers).run(orders, stop: never.stream)
            #expect(counts == .init(sent: 500, delivered: 500, failed: 0))
            let records = try await cluster.records(in: "orders")
            #expect(records.count == 500)
            #expect(records.allSatisfy { $0.valueText?.hasPrefix("\($0.keyText ?? "-"):") == true })
        }
    }

    /// Stopped in the midst of it, with answers that take long: what was taken has its outcome.
    @Test func stopWaitsForTheOutcomes() async throws {
        try await withCluster { cluster in
            try await cluster.setRoundTripTime(.milliseconds(300))
            let (orders, continuation) = AsyncStream.makeStream(of: String.self)
            let (stop, stopper) = AsyncStream.makeStream(of: Void.self)
            for number in 0..<300 { continuation.yield("customer: order \(number)") }
            // The orders do not end: only `stop` does it.
            let service = OrderService(brokers: cluster.bootstrapServers)
            async let counts = service.run(orders, stop: stop)
            let end = ContinuousClock.now + .seconds(20)
            while try await cluster.records(in: "orders").isEmpty, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(10))
            }
            stopper.yield()
            let result = try await counts
            #expect(result.sent == 300 && result.delivered == 300 && result.failed == 0)
        }
    }

    @Test(arguments: Losses.Ending.allCases) func whatIsLost(ending: Losses.Ending) async throws {
        try await withCluster { cluster in
            let brokers = cluster.bootstrapServers
            let up = try await Losses.row(ending, brokers, deadline: .seconds(20))
            try await cluster.brokerDown()
            let down = try await Losses.row(ending, brokers, deadline: .milliseconds(300))
            #expect(up.accepted == 1_000 && down.accepted == 1_000)
            switch ending {
            case .asyncClose:
                #expect(up == .init(accepted: 1_000, delivered: 990, told: 0, counted: 10))
                // Still in flight: it goes on trying.
                #expect(down == .init(accepted: 1_000, delivered: 0, told: 0, counted: 0))
            case .asyncCloseAndRead, .close, .closeBesideReader:
                #expect(up == .init(accepted: 1_000, delivered: 990, told: 10, counted: 10))
                #expect(down == .init(accepted: 1_000, delivered: 0, told: 1_000, counted: 1_000))
                #expect(up.unaccounted == 0 && down.unaccounted == 0)
            case .dropped:
                #expect(up.unaccounted == 1_000 && down.unaccounted == 1_000)
            }
        }
    }

    @Test func theTypeOfAnErrorInClosures() async throws {
        try await withCluster { cluster in
            let producer = try await AsyncProducer(.init(bootstrapServers: cluster.bootstrapServers))
            let bad = [ProducerMessage(topic: "not a topic", value: "x")]
            #expect(TypedErrors.lost(bad, producer) == "any Error")
            #expect(TypedErrors.kept(bad, producer) == "KafkaError _INVALID_TOPIC")
            let good = ProducerMessage(topic: "orders", value: "x")
            let mixed = bad + [good, ProducerMessage(topic: "orders", partition: 77, value: "x")]
            #expect(await Set(TypedErrors.deliverAll(mixed, producer)) == [.invalidTopic, .unknownPartition])
            try await producer.close()
        }
    }

    @Test func tasksOfTheMainActorWaitForIt() async throws {
        try await withCluster { cluster in
            let (inherited, detached) = try await MainActorTasks.read(10, brokers: cluster.bootstrapServers)
            #expect(inherited == 0 && detached == 10)
        }
    }
}
