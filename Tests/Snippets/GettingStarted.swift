// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func greet() async throws {
    // snippet.greeting
    let configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
    try await AsyncProducer.withProducer(configuration) { producer in
        let message = ProducerMessage(topic: "greetings", key: "en", value: "hello")
        try await producer.input.send(message)
    }
    // snippet.end
}

private func describe(_ payload: [UInt8], _ order: Order) {
    // snippet.message
    let message = ProducerMessage(
        topic: "orders",
        key: "customer-7",  // nil is no key, which is not an empty one
        value: payload,  // text, bytes, slices of both, Data; nil is a tombstone
        headers: [RecordHeader("content-type", "application/json")],
        timestamp: .now,  // otherwise the time at which it is accepted
        metadata: order  // anything Sendable: comes back with the outcome
    )
    // snippet.end
    _ = message
}

private func more(
    _ producer: AsyncProducer,
    _ message: ProducerMessage,
    _ messages: [ProducerMessage],
    _ bytes: [UInt8]
) async throws {
    var count = 0
    // snippet.more
    let orders = try producer.topic("orders")  // a handle saves a look-up among many topics
    try await producer.input.send(to: orders, value: bytes.span)  // borrowed: not copied
    try await producer.input.send(to: orders, value: bytes.span, tag: 17)  // comes back
    try await producer.input.send(contentsOf: messages)  // also a sequence, async or not
    switch try producer.input.trySend(message) {  // never waits
    case .accepted: break
    case .refused(let reason): print(reason)  // messageLimit, byteLimit, closing, …
    }
    for await batch in producer.successes.batches { count += batch.count }
    try await producer.flush(deadline: .seconds(5))  // what was accepted has its outcome
    producer.abort()  // drops what is buffered; each is an error
    let cluster = try await producer.metadata(for: "orders")  // brokers, leaders, replicas
    // snippet.end
    _ = cluster
}
