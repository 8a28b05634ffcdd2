// SPDX-License-Identifier: Apache-2.0

#if DistributedTracingSupport
import InMemoryTracing
import KafkaAsyncProducer
import KafkaTestKit
import Testing
import Tracing

@Suite(.timeLimit(.minutes(1))) struct TracingTests {
    private let tracer = InMemoryTracer()

    private func traced(_ cluster: MockCluster) -> AsyncProducer.Configuration {
        var configuration = configuration(cluster)
        configuration.tracer = tracer
        return configuration
    }

    private func text(_ span: FinishedInMemorySpan, _ name: String) -> String? {
        span.attributes.get(name).flatMap {
            switch $0 {
            case .string(let text): text
            case .int64(let number): "\(number)"
            case .int32(let number): "\(number)"
            case .bool(let flag): "\(flag)"
            default: nil
            }
        }
    }

    @Test func aSendHasASpanUntilItsOutcomeAndItsContextGoesAlong() async throws {
        try await withMockCluster(brokers: 1, topics: ["orders": 1]) { cluster in
            let producer = try await AsyncProducer(traced(cluster))
            try await tracer.withSpan("request") { _ in
                try await producer.input.send(ProducerMessage(topic: "orders", key: "k", value: "v"))
            }
            try await producer.close()
            let spans = tracer.finishedSpans
            let request = try #require(spans.first { $0.operationName == "request" })
            let send = try #require(spans.first { $0.operationName == "send orders" })
            #expect(send.kind == .producer)
            #expect(send.parentSpanID == request.spanID)
            #expect(send.traceID == request.traceID)
            #expect(text(send, "messaging.system") == "kafka")
            #expect(text(send, "messaging.operation.name") == "send")
            #expect(text(send, "messaging.operation.type") == "send")
            #expect(text(send, "messaging.destination.name") == "orders")
            #expect(text(send, "messaging.destination.partition.id") == "0")
            #expect(text(send, "messaging.kafka.offset") == "0")
            #expect(text(send, "messaging.kafka.message.key") == "k")
            #expect(text(send, "messaging.client.id") == producer.name)
            #expect(text(send, "server.address") == "127.0.0.1")
            #expect(text(send, "error.type") == nil)
            #expect(send.status == nil)
            let record = try #require(try await cluster.records(in: "orders").first)
            var context = ServiceContext.topLevel
            tracer.extract(record.headers, into: &context, using: HeaderExtractor())
            #expect(context.inMemorySpanContext?.spanID == send.spanID)
        }
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func everyWayOfSendingIsFollowed() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            let producer = try await AsyncProducer(traced(cluster))
            let bytes: [UInt8] = [1]
            try await producer.input.send(to: "a", value: bytes.span, tag: 17)
            #expect(try producer.input.trySend(to: "a", value: bytes.span) == .accepted)
            #expect(try producer.input.trySend(ProducerMessage(topic: "a", value: "x")) == .accepted)
            _ = try await producer.deliver(ProducerMessage(topic: "a", value: "x"))
            _ = try await producer.submit(ProducerMessage(topic: "a", value: "x")).outcome
            for result in await producer.deliver(contentsOf: [ProducerMessage(topic: "a", value: "x")]) {
                _ = try result.get()
            }
            try await producer.withDeliveryScope { scope in
                try await scope.send(ProducerMessage(topic: "a", value: "x"))
            }
            var tags: [UInt64] = []
            try await producer.flush()
            producer.asyncClose()
            for await message in producer.successes { if let tag = message.metadata as? UInt64 { tags.append(tag) } }
            #expect(tags == [17])
            try await producer.close()
            #expect(try await cluster.records(in: "a").filter { $0.headers.count == 2 }.count == 7)
        }
        #expect(tracer.finishedSpans.filter { $0.operationName == "send a" }.count == 7)
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func whatATransactionSendsIsFollowedAlsoWhenItIsAborted() async throws {
        struct Enough: Error {}
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            var configuration = traced(cluster)
            configuration.transactionalID = "traced"
            let producer = try await AsyncProducer(configuration)
            try await producer.withTransaction { transaction in
                try await transaction.input.send(ProducerMessage(topic: "a", value: "committed"))
            }
            await #expect(throws: Enough.self) {
                try await producer.withTransaction { transaction in
                    try await transaction.input.send(ProducerMessage(topic: "a", value: "aborted"))
                    throw Enough()
                }
            }
            // Nobody has read that one was dropped.
            await #expect(throws: CloseError.self) { try await producer.close() }
            let record = try #require(try await cluster.records(in: "a").first { $0.valueText == "committed" })
            let id = HeaderExtractor().extract(key: InMemoryTracer.spanIDKey, from: record.headers)
            #expect(id == tracer.finishedSpans.first?.spanID)
        }
        #expect(tracer.finishedSpans.map { text($0, "error.type") } == [nil, "_PURGE_QUEUE"])
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func manyAtOnceShareASpan() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1, "b": 1]) { cluster in
            let producer = try await AsyncProducer(traced(cluster))
            try await producer.input.send(contentsOf: (0..<250).map { ProducerMessage(topic: "a", value: "\($0)") })
            try await producer.input.send(contentsOf: [
                ProducerMessage(topic: "a", value: "1"), ProducerMessage(topic: "b", value: "2"),
            ])
            try await producer.close()
            let shared = try #require(tracer.finishedSpans.first { $0.operationName == "send a" })
            #expect(text(shared, "messaging.batch.message_count") == "250")
            let ids = try await cluster.records(in: "a").prefix(250).map { record in
                HeaderExtractor().extract(key: InMemoryTracer.spanIDKey, from: record.headers)
            }
            #expect(Set(ids) == [shared.spanID])
            let mixed = try #require(tracer.finishedSpans.first { $0.operationName == "send" })
            #expect(text(mixed, "messaging.destination.name") == nil)
        }
        #expect(tracer.finishedSpans.count == 2)
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func aFailureIsAnErrorOfItsSpan() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            let producer = try await AsyncProducer(traced(cluster))
            try await cluster.failNext(.produce, with: .policyViolation)
            await #expect(throws: ProducerError.self) {
                try await producer.deliver(ProducerMessage(topic: "a", value: "x"))
            }
            try await producer.close()
            await #expect(throws: KafkaError.self) {
                try await producer.input.send(ProducerMessage(topic: "a", value: "too late"))
            }
        }
        let spans = tracer.finishedSpans
        #expect(spans.map { text($0, "error.type") } == ["POLICY_VIOLATION", "_CLOSED"])
        #expect(spans.allSatisfy { $0.status?.code == .error && $0.errors.count == 1 })
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func aMessageThatWasCreatedElsewhereKeepsItsContext() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            let origin = tracer.startSpan("create")
            var headers = [RecordHeader("x", "1")]
            tracer.inject(origin.context, into: &headers, using: HeaderInjector())
            origin.end()
            let producer = try await AsyncProducer(traced(cluster))
            try await producer.input.send(ProducerMessage(topic: "a", value: "v", headers: headers))
            try await producer.close()
            #expect(try await cluster.records(in: "a").first?.headers == headers)
            let send = try #require(tracer.finishedSpans.first { $0.operationName == "send a" })
            #expect(send.kind == .client)
            #expect(send.links.map { $0.context.inMemorySpanContext?.spanID } == [origin.spanID])
        }
    }

    @Test func whatFailedIsSentAgainWithTheContextItHad() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            let producer = try await AsyncProducer(traced(cluster))
            try await cluster.failNext(.produce, with: .policyViolation)
            try await producer.input.send(ProducerMessage(topic: "a", value: "v"))
            for await failure in producer.errors {
                try await producer.input.send(failure.message)
                break
            }
            try await producer.close()
            let spans = tracer.finishedSpans
            #expect(spans.map(\.kind) == [.producer, .client])
            let record = try #require(try await cluster.records(in: "a").first)
            let id = HeaderExtractor().extract(key: InMemoryTracer.spanIDKey, from: record.headers)
            #expect(id == spans.first?.spanID)
        }
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test func nobodyIsFollowedWithANoOpTracer() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1]) { cluster in
            var configuration = configuration(cluster)
            configuration.tracer = NoOpTracer()
            let producer = try await AsyncProducer(configuration)
            try await tracer.withSpan("request") { _ in
                _ = try await producer.deliver(ProducerMessage(topic: "a", value: "v"))
            }
            try await producer.close()
            #expect(try await cluster.records(in: "a").map(\.headers) == [[]])
        }
        #expect(tracer.finishedSpans.map(\.operationName) == ["request"])
    }

    @Test func headersAreInjectedOnceAndTheLastOfANameCounts() {
        var headers = [RecordHeader("traceparent", "mine")]
        HeaderInjector().inject("yours", forKey: "traceparent", into: &headers)
        HeaderInjector().inject("b=1", forKey: "tracestate", into: &headers)
        #expect(headers == [RecordHeader("traceparent", "mine"), RecordHeader("tracestate", "b=1")])
        headers.append(RecordHeader("traceparent", "later"))
        headers.append(RecordHeader("odd", [0xFF] as [UInt8]))
        #expect(HeaderExtractor().extract(key: "traceparent", from: headers) == "later")
        #expect(HeaderExtractor().extract(key: "odd", from: headers) == nil)
        #expect(HeaderExtractor().extract(key: "none", from: headers) == nil)
    }
}
#endif
