// SPDX-License-Identifier: Apache-2.0

/// Who follows the messages of a producer: nobody, unless a package trait makes somebody.
struct Observation: Sendable {
    /// Told of every outcome.
    private(set) var outcomes: [any OutcomeObserver] = []
    /// Told of every send.
    private(set) var sends: (any SendObserver)?

    /// Those of the traits that are on. In the task of whoever makes the producer, whose task-local values count.
    ///
    /// - Parameter configuration: Gets what an observer needs of librdkafka.
    init(_ configuration: inout AsyncProducer.Configuration) {
        #if MetricsSupport
        if let metrics = ProducerMetrics(&configuration) { outcomes.append(metrics) }
        #endif
        #if DistributedTracingSupport
        if let tracing = SendTracing(configuration) {
            sends = tracing
            outcomes.append(tracing)
        }
        #endif
    }

    func started(_ core: ProducerCore) {
        for observer in outcomes { observer.started(core) }
    }
}

/// Learns of every outcome, once, on the driver's thread or a sender's and outside of every lock: it must be quick.
protocol OutcomeObserver: Sendable {
    /// The producer is ready; it must not be kept alive.
    func started(_ core: ProducerCore)
    func delivered(_ batch: BatchStorage)
    func failed(_ failure: FailedMessage)
}

/// Follows messages from the call that sends them.
protocol SendObserver: Sendable {
    /// Whether it may follow what the current task sends: asked for every message, so it must cost next to nothing.
    var isActive: Bool { get }
    /// Begins to follow messages that one call sends; nil when they are not followed.
    ///
    /// - Parameter client: librdkafka's name for the producer.
    /// - Returns: What is sent instead of the messages, as many, each with the trace beside its headers.
    func begin(_ messages: [ProducerMessage], client: String) -> (messages: [ProducerMessage], trace: any MessageTrace)?
}

/// What follows the messages of one call to their outcomes. Each ends in one of these ways, once.
protocol MessageTrace: AnyObject, Sendable {
    func delivered(partition: Int32, offset: Int64?)
    func failed(_ failure: FailedMessage)
    /// So many were not accepted.
    func refused(_ count: Int, _ error: KafkaError)
}

/// What the extensions of integrations keep in a configuration: their types are known under their traits only.
struct IntegrationValues: Sendable {
    var tracer: (any Sendable)?
    var metricsFactory: (any Sendable)?
}

extension ProducerCore {
    /// Whether messages that are not followed yet have to be: they take the way that has time for it.
    @inline(__always)
    func mustObserve(_ companion: MessageCompanion?) -> Bool {
        guard let sends = observation.sends, companion?.trace == nil else { return false }
        return sends.isActive
    }

    /// Begins to follow a message that is sent.
    func observe(_ submission: Submission) -> (submission: Submission, trace: any MessageTrace)? {
        guard let sends = observation.sends, submission.message.trace == nil else { return nil }
        var message = submission.message
        // Beside a trace there is no room for a bare number.
        if let tag = submission.tag { message.metadata = tag }
        guard let (messages, trace) = sends.begin([message], client: name), let message = messages.first else {
            return nil
        }
        var followed = submission
        (followed.message, followed.tag) = (message, nil)
        return (followed, trace)
    }
}
