// SPDX-License-Identifier: Apache-2.0

#if MetricsSupport
internal import Metrics
internal import Synchronization

/// Metrics of moments, and totals of librdkafka's: read whenever it reports its statistics.
final class SampledMetrics: Sendable {
    private struct State {
        weak var core: ProducerCore?
        var client = ""
        var meters: [String: Meter] = [:]
        var counters: [String: Counter] = [:]
        /// The totals as they were.
        var totals: [String: Int] = [:]
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    init(_ factory: any MetricsFactory) { self.factory = factory }

    /// What a closed producer had buffered is nobody's any more.
    deinit {
        for meter in state.withLock({ $0.meters.values.map { $0 } }) { meter.destroy() }
    }

    func start(_ core: ProducerCore) {
        state.withLock { state in
            state.core = core
            state.client = core.name
        }
        sampleAccount(core)
    }

    func sample(_ json: String) {
        if let core = state.withLock({ $0.core }) { sampleAccount(core) }
        guard let report = LibrdkafkaReport(json) else { return }
        count("kafka.producer.requests.sent", report.requests)
        count("kafka.producer.bytes.sent", report.bytes)
        // Those that are known by their addresses only are the way to the others.
        for broker in report.brokers.values where broker.id >= 0 {
            let id = String(broker.id)
            if let roundTrip = broker.roundTrip { set("kafka.broker.round_trip", roundTrip, broker: id) }
            set("kafka.broker.requests.in_flight", Double(broker.requestsInFlight), broker: id)
            set("kafka.broker.requests.waiting", Double(broker.requestsWaiting), broker: id)
            count("kafka.broker.requests.failed", broker.errors, broker: id)
            count("kafka.broker.requests.retried", broker.retries, broker: id)
            count("kafka.broker.connects", broker.connects, broker: id)
            count("kafka.broker.disconnects", broker.disconnects, broker: id)
        }
    }

    private func sampleAccount(_ core: ProducerCore) {
        let statistics = core.statistics
        set("kafka.producer.messages.in_flight", Double(statistics.inFlight))
        set("kafka.producer.messages.buffered", Double(statistics.bufferedMessages))
        set("kafka.producer.bytes.buffered", Double(statistics.bufferedBytes))
        set("kafka.producer.senders.waiting", Double(statistics.waitingSenders))
        count("kafka.producer.successes.discarded", statistics.discardedSuccesses)
        count("kafka.producer.errors.dropped", statistics.droppedErrors.values.reduce(0, +))
        count("kafka.producer.clients.retired", statistics.retiredClients)
    }

    private func set(_ name: String, _ value: Double, broker: String? = nil) {
        let meter = state.withLock { state -> Meter in
            let key = Self.key(name, broker)
            if let meter = state.meters[key] { return meter }
            let meter = Meter(label: name, dimensions: Self.dimensions(state.client, broker), factory: factory)
            state.meters[key] = meter
            return meter
        }
        meter.set(value)
    }

    /// Adds what a total has grown by. One that is smaller than before is that of a new client, and all of it is new.
    private func count(_ name: String, _ total: Int, broker: String? = nil) {
        let (counter, growth) = state.withLock { state -> (Counter, Int) in
            let key = Self.key(name, broker)
            let last = state.totals.updateValue(total, forKey: key) ?? 0
            let growth = total >= last ? total - last : total
            if let counter = state.counters[key] { return (counter, growth) }
            let counter = Counter(label: name, dimensions: Self.dimensions(state.client, broker), factory: factory)
            state.counters[key] = counter
            return (counter, growth)
        }
        if growth > 0 { counter.increment(by: growth) }
    }

    private static func key(_ name: String, _ broker: String?) -> String { broker.map { "\(name) \($0)" } ?? name }

    private static func dimensions(_ client: String, _ broker: String?) -> [(String, String)] {
        let dimensions = [("kafka.client.id", client)]
        return broker.map { dimensions + [("kafka.broker.id", $0)] } ?? dimensions
    }
}
#endif
