// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// Puts the parts together, and takes them apart in the right order.
struct Service: Sendable {
    let producer: AsyncProducer
    let server: Server
    let health: Health
    private let handler: OrderHandler
    private let heartbeat: Heartbeat
    private let log: @Sendable (String) -> Void

    init(
        _ configuration: AsyncProducer.Configuration,
        _ requests: Listener,
        _ health: Listener,
        _ options: Options.Serve,
        limits: Server.Limits = Server.Limits(),
        log: @escaping @Sendable (String) -> Void = { RequestService.log("request-service: \($0)") }
    ) async throws(KafkaError) {
        producer = try await AsyncProducer(configuration)
        let handler = OrderHandler(producer: producer)
        let server = Server(requests, limits: limits) { try await handler.handle($0) }
        heartbeat = Heartbeat(limit: .seconds(options.heartbeatLimit))
        self.health = Health(health, heartbeat: heartbeat, producer: producer, counts: { server.counts })
        self.handler = handler
        self.server = server
        self.log = log
    }

    /// Serves until `untilStop` returns; then every request that was read gets its answer.
    func run(_ untilStop: @Sendable () async -> Void) async {
        health.run(log: log)
        let beating = Task { await heartbeat.run(producer, topic: "heartbeats", every: .seconds(1)) }
        async let distributing: Void = handler.distributeOutcomes()
        async let serving: Void = server.run()
        await untilStop()
        // No new requests; those at work wait for their outcome, which they get now or fail with.
        server.stop()
        beating.cancel()
        try? await producer.flush(deadline: .seconds(5))
        _ = try? await producer.close(deadline: .seconds(1))
        await distributing
        await serving
        health.stop()
    }

    var account: String {
        let (counts, statistics) = (server.counts, producer.statistics)
        return "\(counts.handled) handled, \(counts.busy) busy, \(counts.failed) failed; "
            + "producer: accepted \(statistics.accepted), succeeded \(statistics.succeeded), failed \(statistics.failed)"
    }
}
