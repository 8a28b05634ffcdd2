// SPDX-License-Identifier: Apache-2.0

#if MetricsSupport
internal import Metrics
internal import Synchronization

/// Metrics from the account: each outcome is counted and timed as it comes. What has to be asked for, ``SampledMetrics`` asks.
final class ProducerMetrics: OutcomeObserver {
    /// What is the same for the messages of a topic that ended in the same way.
    private struct Key: Hashable {
        let topic: String
        let error: KafkaError.Code?
    }

    private struct Handles: Sendable {
        let count: Counter
        let duration: Timer?
    }

    /// More topics share one name: what a metrics system keeps for each value of a dimension it keeps for ever.
    private static let topicLimit = 256

    private let factory: any MetricsFactory
    private let sampled: SampledMetrics
    private let handles = Mutex<(known: [Key: Handles], topics: Set<String>)>(([:], []))

    /// nil when nobody wants metrics.
    init?(_ configuration: inout AsyncProducer.Configuration) {
        factory = configuration.metricsFactory ?? MetricsSystem.factory
        if factory is NOOPMetricsHandler { return nil }
        sampled = SampledMetrics(factory)
        // The user's own handler gets what it asked for, at its own pace.
        let asked = configuration.librdkafkaStatistics
        configuration.librdkafkaStatistics = .init(interval: asked?.interval ?? .seconds(5)) { [sampled] json in
            sampled.sample(json)
            asked?.handler(json)
        }
    }

    func started(_ core: ProducerCore) { sampled.start(core) }

    func delivered(_ batch: BatchStorage) {
        let handles = handles(batch.topic, nil)
        handles.count.increment(by: batch.range.count)
        guard let duration = handles.duration else { return }
        for index in batch.range { duration.recordNanoseconds(batch.latency(at: index).wholeNanoseconds) }
    }

    func failed(_ failure: FailedMessage) {
        let handles = handles(failure.error.message.topic.name, failure.error.error.code)
        handles.count.increment()
        if let accepted = failure.accepted { handles.duration?.recordNanoseconds(max(0, Uptime.now - accepted)) }
    }

    private func handles(_ topic: String, _ error: KafkaError.Code?) -> Handles {
        handles.withLock { state in
            if let known = state.known[Key(topic: topic, error: error)] { return known }
            if state.topics.count < Self.topicLimit { state.topics.insert(topic) }
            let key = Key(topic: state.topics.contains(topic) ? topic : "_other", error: error)
            if let known = state.known[key] { return known }
            let made = make(key)
            state.known[key] = made
            return made
        }
    }

    private func make(_ key: Key) -> Handles {
        var dimensions = [
            ("messaging.system", "kafka"),
            ("messaging.operation.name", "send"),
            ("messaging.destination.name", key.topic),
        ]
        if let error = key.error { dimensions.append(("error.type", error.name)) }
        if key.error == .purgedFromQueue {
            // It never left, so it was not sent, and its time says nothing about brokers.
            let label = "kafka.producer.messages.dropped"
            return Handles(count: Counter(label: label, dimensions: dimensions, factory: factory), duration: nil)
        }
        return Handles(
            count: Counter(label: "messaging.client.sent.messages", dimensions: dimensions, factory: factory),
            duration: Timer(
                label: "messaging.client.operation.duration",
                dimensions: dimensions + [("messaging.operation.type", "send")],
                preferredDisplayUnit: .seconds,
                factory: factory
            )
        )
    }
}

extension Duration {
    /// Of times that a producer lives through.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
#endif
