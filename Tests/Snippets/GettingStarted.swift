// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func greet() async throws {
    // snippet.greeting
    try await AsyncProducer.withProducer(.init(bootstrapServers: ["localhost:9092"])) { producer in
        try await producer.input.send(ProducerMessage(topic: "greetings", key: "en", value: "hello"))
    }
    // snippet.end
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
    try await producer.input.send(contentsOf: messages)  // also a sequence, synchronous or not; an error has the count
    let audit = try producer.topic("audit", settings: .init(compression: .zstd, timeout: .seconds(3_600)))
    switch try producer.input.trySend(message) {  // never waits
    case .accepted: break
    case .refused(let reason): print(reason)  // messageLimit, byteLimit, sendersWaiting, closing
    }
    for await batch in producer.successes.batches { count += batch.count }
    try await producer.flush(deadline: .seconds(5))
    let pending = try await producer.submit(message)  // its own outcome, awaited later: pending.outcome
    let results = await producer.deliver(contentsOf: messages)  // the outcome of each
    producer.abort()  // drops what is buffered; each is an error
    producer.asyncClose()  // streams end after the last outcome
    // snippet.end
    _ = (audit, pending, results)
}
