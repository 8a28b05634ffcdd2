// SPDX-License-Identifier: Apache-2.0

#if MetricsSupport
import CoreMetrics
import KafkaAsyncProducer
import KafkaTestKit
import MetricsTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct MetricsTests {
    private func dimensions(_ topic: String, error: String? = nil) -> [(String, String)] {
        let common = [
            ("messaging.system", "kafka"), ("messaging.operation.name", "send"), ("messaging.destination.name", topic),
        ]
        return error.map { common + [("error.type", $0)] } ?? common
    }

    @Test func theySayWhatTheAccountSays() async throws {
        let metrics = TestMetrics()
        try await withMockCluster(brokers: 1, topics: ["a": 1, "b": 3]) { cluster in
            var configuration = configuration(cluster)
            configuration.metricsFactory = metrics
            let producer = try await AsyncProducer(configuration)
            for number in 0..<100 { try await producer.input.send(ProducerMessage(topic: "b", value: "\(number)")) }
            try await producer.flush()
            try await cluster.failNext(.produce, with: .policyViolation)
            await #expect(throws: ProducerError.self) {
                try await producer.deliver(ProducerMessage(topic: "a", value: "refused"))
            }
            _ = try await producer.deliver(ProducerMessage(topic: "a", value: "taken"))
            let statistics = try await producer.close().statistics
            #expect((statistics.succeeded, statistics.failed) == (101, 1))
        }
        let sent = "messaging.client.sent.messages"
        #expect(try metrics.expectCounter(sent, dimensions("b")).totalValue == 100)
        #expect(try metrics.expectCounter(sent, dimensions("a")).totalValue == 1)
        #expect(try metrics.expectCounter(sent, dimensions("a", error: "POLICY_VIOLATION")).totalValue == 1)
        let type = [("messaging.operation.type", "send")]
        let times = try metrics.expectTimer("messaging.client.operation.duration", dimensions("b") + type)
        #expect(times.values.count == 100)
        #expect(times.values.allSatisfy { $0 > 0 && $0 < 60_000_000_000 })
        #expect(times.displayUnit == .seconds)
        let failures = dimensions("a", error: "POLICY_VIOLATION") + type
        #expect(try metrics.expectTimer("messaging.client.operation.duration", failures).values.count == 1)
    }

    @Test func whatWasNeverSentIsNoSend() async throws {
        let metrics = TestMetrics()
        try await withMockCluster(brokers: 1, topics: ["late": 1]) { cluster in
            var configuration = configuration(cluster)
            configuration.metricsFactory = metrics
            configuration.batching.linger = .seconds(60)
            let producer = try await AsyncProducer(configuration)
            try await producer.input.send(ProducerMessage(topic: "late", value: "1"))
            producer.abort()
            for await failure in producer.errors {
                #expect(failure.error.code == .purgedFromQueue)
                break
            }
            try await producer.close()
        }
        let dropped = dimensions("late", error: "_PURGE_QUEUE")
        #expect(try metrics.expectCounter("kafka.producer.messages.dropped", dropped).totalValue == 1)
        #expect(metrics.counters.allSatisfy { $0.label != "messaging.client.sent.messages" })
    }

    @Test func momentsAndBrokersAreSampledWithoutAnySetUp() async throws {
        let metrics = TestMetrics()
        let reports = Atomic(0)
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            var configuration = configuration(cluster)
            configuration.metricsFactory = metrics
            // Also for whoever wants the reports themselves.
            configuration.librdkafkaStatistics = .init(interval: .milliseconds(50)) { _ in
                reports.add(1, ordering: .relaxed)
            }
            let producer = try await AsyncProducer(configuration)
            let client = [("kafka.client.id", producer.name)]
            let broker = client + [("kafka.broker.id", "1")]
            #expect(try metrics.expectMeter("kafka.producer.messages.in_flight", client).lastValue == 0)
            try await cluster.setRoundTripTime(.milliseconds(300))
            try await producer.input.send(ProducerMessage(topic: "a", value: "1"))
            try await eventually("a message in flight") {
                try metrics.expectMeter("kafka.producer.messages.in_flight", client).values.contains(1)
            }
            try await producer.flush()
            try await eventually("it has arrived") {
                try metrics.expectMeter("kafka.producer.messages.in_flight", client).lastValue == 0
            }
            try await eventually("bytes and a round trip") {
                let bytes = metrics.counters.first { $0.label == "kafka.producer.bytes.sent" }?.totalValue ?? 0
                let times = metrics.meters.first { $0.label == "kafka.broker.round_trip" }?.values ?? []
                return bytes > 0 && times.contains { $0 > 0.2 && $0 < 10 }
            }
            #expect(try metrics.expectCounter("kafka.broker.connects", broker).totalValue >= 1)
            #expect(reports.load(ordering: .relaxed) > 0)
            try await producer.close()
        }
        try await eventually("meters end with their producer") { metrics.meters.isEmpty }
    }

    @Test func oneNameHasOneKindAndAlwaysTheSameDimensions() async throws {
        let metrics = TestMetrics()
        try await withMockCluster(brokers: 2, topics: ["a": 4]) { cluster in
            var configuration = configuration(cluster)
            configuration.metricsFactory = metrics
            configuration.librdkafkaStatistics = .init(interval: .milliseconds(50)) { _ in }
            let producer = try await AsyncProducer(configuration)
            for number in 0..<50 { try await producer.input.send(ProducerMessage(topic: "a", value: "\(number)")) }
            try await producer.flush()
            try await eventually("a report") { metrics.counters.contains { $0.label == "kafka.producer.bytes.sent" } }
            // A backend that is strict about names ends the process when this does not hold.
            var kinds: [String: Set<String>] = [:]
            for counter in metrics.counters { kinds[counter.label, default: []].insert("counter") }
            for meter in metrics.meters { kinds[meter.label, default: []].insert("meter") }
            for timer in metrics.timers { kinds[timer.label, default: []].insert("timer") }
            #expect(kinds.values.allSatisfy { $0.count == 1 })
            #expect(metrics.counters.allSatisfy { !$0.dimensions.isEmpty })
            try await producer.close()
        }
    }
}
#endif
