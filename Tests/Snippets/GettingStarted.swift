// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func greet() async throws {
    // snippet.greeting
    try await AsyncProducer.withProducer(.init(bootstrapServers: ["localhost:9092"])) { producer in
        try await producer.input.send(ProducerMessage(topic: "greetings", key: "en", value: "hello"))
    }
    // snippet.end
}

private func describe(_ payload: [UInt8], _ order: Order) {
    // snippet.message
    let message = ProducerMessage(
        topic: "orders",
        key: "customer-7",  // nil is no key, which is not an empty one
        value: payload,  // String, Substring, [UInt8], ArraySlice<UInt8>, Data; nil is a tombstone
        headers: [RecordHeader("content-type", "application/json")],
        timestamp: .now,  // otherwise the time at which it is accepted
        metadata: order  // anything Sendable: comes back with the outcome, never leaves the process
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
    try await producer.input.send(to: orders, value: bytes.span)  // borrowed bytes: no array, no message
    try await producer.input.send(to: orders, value: bytes.span, tag: 17)  // a number of yours comes back
    try await producer.input.send(contentsOf: messages)  // also a sequence, synchronous or not; an error has the count
    switch try producer.input.trySend(message) {  // never waits
    case .accepted: break
    case .refused(let reason): print(reason)  // messageLimit, byteLimit, sendersWaiting, closing
    }
    for await batch in producer.successes.batches { count += batch.count }
    try await producer.flush(deadline: .seconds(5))  // what was accepted has its outcome
    producer.abort()  // drops what is buffered; each is an error
    let cluster = try await producer.metadata(for: "orders")  // brokers, partitions, leaders, replicas
    // snippet.end
    _ = cluster
}
