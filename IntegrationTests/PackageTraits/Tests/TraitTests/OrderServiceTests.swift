// SPDX-License-Identifier: Apache-2.0

#if LoggingSupport && MetricsSupport && DistributedTracingSupport && ServiceLifecycleSupport
import InMemoryLogging
import InMemoryTracing
import KafkaAsyncProducer
import KafkaTestKit
import Logging
import MetricsTestKit
import OrderService
import ServiceLifecycle
import Testing
import Tracing

/// The tracer of the process, as a program sets it up.
private let tracer: InMemoryTracer = {
    let tracer = InMemoryTracer()
    InstrumentationSystem.bootstrap(tracer)
    return tracer
}()

@Suite(.timeLimit(.minutes(1))) struct OrderServiceTests {
    @Test func ordersAreDeliveredMeasuredTracedAndLogged() async throws {
        let (tracer, metrics, log) = (tracer, TestMetrics(), InMemoryLogHandler())
        var logger = Logger(label: "orders") { _ in log }
        logger.logLevel = .debug
        try await withMockCluster(brokers: 1, topics: ["orders": 2]) { cluster in
            var configuration = configuration(cluster)
            configuration.metricsFactory = metrics
            let (orders, incoming) = AsyncStream<String>.makeStream()
            let service = try await makeOrderService(orders, configuration: configuration, logger: logger)
            async let end: Void = service.group.run()
            for number in 1...10 { incoming.yield("order \(number)") }
            try await eventually("all are accepted") { service.producer.statistics.accepted == 10 }
            await service.group.triggerGracefulShutdown()
            try await end

            let records = try await cluster.records(in: "orders")
            #expect(Set(records.compactMap(\.valueText)) == Set((1...10).map { "order \($0)" }))
            #expect(service.producer.statistics.succeeded == 10)

            let sent = metrics.counters.filter { $0.label == "messaging.client.sent.messages" }
            #expect(sent.map(\.totalValue) == [10])
            #expect(metrics.timers.map(\.values.count) == [10])

            let spans = tracer.finishedSpans
            let sends = spans.filter { $0.operationName == "send orders" }
            let places = spans.filter { $0.operationName == "place order" }
            #expect(sends.count == 10 && places.count == 10)
            #expect(Set(sends.map(\.parentSpanID)) == Set(places.map(\.spanID)))
            let carried = records.map { HeaderExtractor().extract(key: InMemoryTracer.spanIDKey, from: $0.headers) }
            #expect(Set(carried) == Set(sends.map(\.spanID)))
            #expect(tracer.activeSpans.isEmpty)
        }
        #expect(log.entries.allSatisfy { $0.level < .error })
        #expect(
            log.entries.contains { "\($0.metadata)".contains("AsyncProducer(") || "\($0.message)".contains("service") }
        )
    }
}
#endif
