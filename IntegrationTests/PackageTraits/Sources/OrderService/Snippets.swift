// SPDX-License-Identifier: Apache-2.0

// What the page Observability and doc comments show, one for each trait: see Scripts/snippets.
internal import KafkaAsyncProducer
#if ConfigurationSupport
internal import Configuration
#endif
#if LoggingSupport
internal import Logging
#endif
#if ServiceLifecycleSupport
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals
#endif

#if LoggingSupport
private func log(_ configuration: inout AsyncProducer.Configuration, to logger: Logger) {
    // snippet.logging
    configuration.logHandler = .swiftLog(logger)
    // snippet.end
}
#endif

#if ServiceLifecycleSupport
private func run(
    _ producer: AsyncProducer,
    _ server: some Service,
    _ logger: Logger,
    report: @escaping @Sendable (ProducerError) async -> Void
) async throws {
    // snippet.lifecycle
    let group = ServiceGroup(
        configuration: .init(
            services: [
                .init(
                    service: producer.service(onError: report),
                    failureTerminationBehavior: .gracefullyShutdownGroup
                ),
                .init(service: server),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
    )
    try await group.run()
    // snippet.end
}
#endif

#if ConfigurationSupport
private func configure() throws {
    // snippet.configuration
    let reader = ConfigReader(provider: EnvironmentVariablesProvider())
    let kafka = reader.scoped(to: "kafka")
    let configuration = try AsyncProducer.Configuration(configReader: kafka)
    // snippet.end
    _ = configuration
}
#endif
