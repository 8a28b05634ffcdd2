// SPDX-License-Identifier: Apache-2.0

#if DistributedTracingSupport
public import Tracing

extension AsyncProducer.Configuration {
    /// The tracer that follows messages; nil, the default, is the one that `InstrumentationSystem` has when a message is
    /// sent. `NoOpTracer()` turns it off.
    ///
    /// Every send gets a span `send TOPIC` from the call to the outcome, a child of the caller's, and its context in the
    /// headers; ``AsyncProducer/Input/send(contentsOf:)-([ProducerMessage])`` gets one for all. Make the producer after the
    /// `InstrumentationSystem` was set up: where there was no tracer by then, only sends inside of a span are looked at.
    public var tracer: (any Tracer)? {
        get { integrations.tracer as? any Tracer }
        set { integrations.tracer = newValue }
    }
}

/// Writes the context of a span into headers, as W3C's `traceparent` for example: the tracer chooses the names.
///
/// A header that is there already stays as it is.
public struct HeaderInjector: Injector {
    /// An injector.
    public init() {}

    /// Adds a header.
    public func inject(_ value: String, forKey key: String, into carrier: inout [RecordHeader]) {
        if !carrier.contains(where: { $0.name == key }) { carrier.append(RecordHeader(key, value)) }
    }
}

/// Reads the context of a span out of headers, for whoever consumes the records.
public struct HeaderExtractor: Extractor {
    /// An extractor.
    public init() {}

    /// The last value of a name, as Kafka has it; nil when it is no UTF-8.
    public func extract(key: String, from carrier: [RecordHeader]) -> String? {
        carrier.last { $0.name == key }?.value?.string
    }
}
#endif
