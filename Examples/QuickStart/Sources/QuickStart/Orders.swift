// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

func sendOrders(to brokers: [String]) async throws {
    let producer = try await AsyncProducer(.init(bootstrapServers: brokers))

    // Outcomes arrive on their own; read what you need, when you like.
    let failures = Task {
        for await failure in producer.errors {
            print("failed:", failure.message.key?.string ?? "-", failure.error, failure.persistence)
        }
    }
    // `send` waits only while the buffer is full.
    for number in 1...1_000 {
        try await producer.input.send(
            ProducerMessage(topic: "orders", key: "customer-\(number % 10)", value: "order \(number)")
        )
    }
    // Or wait for the outcome of one message.
    let place = try await producer.deliver(ProducerMessage(topic: "orders", key: "vip", value: "order 1001"))
    print("the last one is in partition \(place.partition) at offset \(place.offset ?? -1)")

    let report = try await producer.close()
    await failures.value
    print("accepted \(report.statistics.accepted), delivered \(report.statistics.succeeded)")
}
