// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func first() async throws {
    // snippet.first
    var configuration = AsyncProducer.Configuration(bootstrapServers: ["localhost:9092"])
    configuration.transactionalID = "orders-1"
    let producer = try await AsyncProducer(configuration)

    // snippet.body
    try await producer.withTransaction { transaction in
        try await transaction.send(ProducerMessage(topic: "orders", key: "7", value: "…"))
        try await transaction.send(ProducerMessage(topic: "payments", key: "7", value: "…"))
    }
    // snippet.end
}

private func transform(
    _ producer: AsyncProducer,
    _ records: [ConsumedRecord],
    lastOffset: Int64,
    generation: Int32,
    member: String
) async throws {
    // snippet.transform
    try await producer.withTransaction { transaction in
        for record in records { try await transaction.send(transformed(record)) }
        try await transaction.sendOffsets(
            [ConsumedOffset(topic: "orders", partition: 3, offset: lastOffset + 1)],
            group: ConsumerGroupMetadata(
                groupID: "billing",
                generationID: generation,
                memberID: member
            )
        )
    }
    // snippet.end
}
