// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func scope(_ producer: AsyncProducer, _ orders: [Order]) async throws {
    // snippet.scope
    try await producer.withDeliveryScope { scope in
        for order in orders { try await scope.send(order.message) }
    }
    // All of them are in the log.
    // snippet.end
}

private func streams(_ producer: AsyncProducer, _ messages: [ProducerMessage]) async throws {
    // snippet.streams
    async let reading: Void = {
        for await delivered in producer.successes {
            print(delivered.topic, delivered.partition, delivered.offset ?? -1)
        }
    }()
    async let repairing: Void = {
        for await failure in producer.errors {
            print(failure.message.key?.string ?? "-", failure.error, failure.persistence)
        }
    }()
    for message in messages { try await producer.input.send(message) }
    producer.asyncClose()  // both loops end after the last outcome
    _ = await (reading, repairing)
    // snippet.end
}

private func await(_ producer: AsyncProducer, _ message: ProducerMessage, _ messages: [ProducerMessage]) async throws {
    // snippet.awaited
    let place = try await producer.deliver(message)
    print("in partition \(place.partition) at offset \(place.offset ?? -1)")

    let pending = try await producer.submit(message)  // accepted; nobody has to wait
    let later = try await pending.outcome  // by any number of tasks

    for result in await producer.deliver(contentsOf: messages) {  // an outcome for each
        if case .failure(let failure) = result { print(failure) }
    }
    // snippet.end
    _ = later
}

private func busy(_ producer: AsyncProducer, _ message: ProducerMessage) throws -> Bool {
    // snippet.busy
    switch try producer.input.trySend(message) {
    case .accepted: return true
    case .refused: return false  // say "busy" upstream, and let the caller come again
    }
    // snippet.end
}
