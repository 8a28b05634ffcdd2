// SPDX-License-Identifier: Apache-2.0

#if DistributedTracingSupport
internal import RDKafka
internal import Tracing

/// Starts the spans of sends: OpenTelemetry's messaging conventions, 1.44.
struct SendTracing: SendObserver {
    private let tracer: (any Tracer)?
    /// There was a tracer when the producer was made.
    private let isInstalled: Bool
    /// Named only where there is one: of several nobody knows which one a message goes to.
    private let server: (address: String, port: Int?)?

    /// nil when tracing is turned off.
    init?(_ configuration: AsyncProducer.Configuration) {
        tracer = configuration.tracer
        if tracer is NoOpTracer { return nil }
        isInstalled = tracer != nil || !(InstrumentationSystem.tracer is NoOpTracer)
        server = configuration.bootstrapServers.count == 1 ? Self.split(configuration.bootstrapServers[0]) : nil
    }

    /// To look for the tracer is dear: a program that has none pays for a look at a task-local value.
    var isActive: Bool { isInstalled || ServiceContext.current != nil }

    func begin(_ messages: [ProducerMessage], client: String) -> (messages: [ProducerMessage], trace: any MessageTrace)?
    {
        guard isActive, let first = messages.first else { return nil }
        // Never kept: who wants to change the tracer may.
        let tracer = tracer ?? InstrumentationSystem.tracer
        if tracer is NoOpTracer { return nil }
        return begin(messages, first, client, tracer)
    }

    private func begin(
        _ messages: [ProducerMessage],
        _ first: ProducerMessage,
        _ client: String,
        _ tracer: some Tracer
    ) -> (messages: [ProducerMessage], trace: any MessageTrace) {
        let origins = messages.map { origin(of: $0, tracer) }
        let topic = messages.allSatisfy { $0.topic == first.topic } ? first.topic.name : nil
        // A message that was created elsewhere keeps the context of its creation, which its reader will follow.
        let isCreator = origins.contains { $0 == nil }
        let span = tracer.startSpan(topic.map { "send \($0)" } ?? "send", ofKind: isCreator ? .producer : .client)
        for case let origin? in origins { span.addLink(SpanLink(context: origin, attributes: [:])) }
        if span.isRecording { describe(span, first, topic, messages.count, client) }
        let trace = SendTrace(span, count: messages.count)
        let traced = zip(messages, origins).map { message, origin in
            var headers = message.headers
            if origin == nil { tracer.inject(span.context, into: &headers, using: HeaderInjector()) }
            var message = message
            message.headers = headers
            message.attach(message.metadata, message.timestamp, trace)
            return message
        }
        return (traced, trace)
    }

    /// The context that a message brings with it.
    private func origin(of message: ProducerMessage, _ tracer: some Tracer) -> ServiceContext? {
        let headers = message.headers
        if headers.isEmpty { return nil }
        var context = ServiceContext.topLevel
        tracer.extract(headers, into: &context, using: HeaderExtractor())
        return context.isEmpty ? nil : context
    }

    private func describe(
        _ span: some Span,
        _ first: ProducerMessage,
        _ topic: String?,
        _ count: Int,
        _ client: String
    ) {
        span.updateAttributes { attributes in
            attributes["messaging.system"] = "kafka"
            attributes["messaging.operation.name"] = "send"
            attributes["messaging.operation.type"] = "send"
            attributes["messaging.client.id"] = client
            if let topic { attributes["messaging.destination.name"] = topic }
            if let server {
                attributes["server.address"] = server.address
                if let port = server.port { attributes["server.port"] = port }
            }
            if count > 1 {
                attributes["messaging.batch.message_count"] = count
                return
            }
            if let partition = first.partition { attributes["messaging.destination.partition.id"] = "\(partition)" }
            if let key = first.key?.string { attributes["messaging.kafka.message.key"] = key }
            if first.value == nil { attributes["messaging.kafka.message.tombstone"] = true }
        }
    }

    private static func split(_ server: String) -> (address: String, port: Int?) {
        let address = server.firstRange(of: "://").map { String(server[$0.upperBound...]) } ?? server
        guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
            return (address, nil)
        }
        return (String(address[..<colon]), port)
    }
}

extension SendTracing: OutcomeObserver {
    func started(_ core: ProducerCore) {}

    func delivered(_ batch: BatchStorage) {
        for index in batch.range {
            guard let trace = batch.chunk.extras(at: index)?.messageCompanion?.trace else { continue }
            trace.delivered(partition: batch.partition, offset: batch.offset(at: index))
        }
    }

    func failed(_ failure: FailedMessage) { failure.trace?.failed(failure) }
}
#endif
