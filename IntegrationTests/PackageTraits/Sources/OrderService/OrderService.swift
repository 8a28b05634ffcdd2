// SPDX-License-Identifier: Apache-2.0

#if LoggingSupport && MetricsSupport && DistributedTracingSupport && ServiceLifecycleSupport
public import KafkaAsyncProducer
public import Logging
public import ServiceLifecycle
internal import Tracing
internal import UnixSignals

/// Writes orders to Kafka as they come, each under a span of its own, until it is told to end.
struct OrderSource<Orders: AsyncSequence<String, Never> & Sendable>: Service {
    let orders: Orders
    let producer: AsyncProducer
    let logger: Logger

    func run() async throws {
        for await order in orders.cancelOnGracefulShutdown() {
            do {
                // The span of the send is a child of this one, and its context goes along in the headers.
                try await withSpan("place order") { _ in
                    try await producer.input.send(ProducerMessage(topic: "orders", value: order))
                }
            } catch {
                logger.warning("order not accepted", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// The service: logger, metrics, tracing and lifecycle. Metrics and spans need nothing here but the library's traits, and a
/// `MetricsSystem` and an `InstrumentationSystem` that were set up before.
///
/// - Returns: The group to run; it ends at SIGTERM, or with the orders, and delivers before it does.
public func makeOrderService(
    _ orders: some AsyncSequence<String, Never> & Sendable,
    configuration: AsyncProducer.Configuration,
    logger: Logger
) async throws(KafkaError) -> (group: ServiceGroup, producer: AsyncProducer) {
    var configuration = configuration
    configuration.logHandler = .swiftLog(logger)
    let producer = try await AsyncProducer(configuration)
    let deliveries = producer.service { failure in
        logger.error("order lost", metadata: ["error.type": "\(failure.error.name)"])
    }
    let source = OrderSource(orders: orders, producer: producer, logger: logger)
    var group = ServiceGroupConfiguration(
        // Ended in the reverse order: first nothing new comes in, then the rest is delivered.
        services: [
            .init(service: deliveries, failureTerminationBehavior: .gracefullyShutdownGroup),
            .init(service: source, successTerminationBehavior: .gracefullyShutdownGroup),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger
    )
    group.maximumGracefulShutdownDuration = .seconds(25)
    return (ServiceGroup(configuration: group), producer)
}
#endif
