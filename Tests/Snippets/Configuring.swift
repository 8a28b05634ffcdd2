// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func configure(password: String) {
    // snippet.code
    var configuration = AsyncProducer.Configuration(bootstrapServers: ["b1:9093", "b2:9093"])
    configuration.batching = .throughput  // or .latency
    configuration.delivery.timeout = .seconds(120)
    configuration.partitioning = .java  // .librdkafka, .sarama, .roundRobin, .custom { … }
    configuration.librdkafka["retry.backoff.ms"] = "50"  // all of librdkafka by its names
    configuration.security = .sasl(
        .plain(username: "orders", password: password),
        tls: .init(authorities: .file("ca.pem"))
    )
    // snippet.end
    _ = configuration
}

private func settings(_ producer: AsyncProducer) async throws {
    // snippet.topicSend
    let settings = AsyncProducer.TopicSettings(compression: .zstd, timeout: .seconds(3_600))
    let audit = try producer.topic("audit", settings: settings)
    try await producer.input.send(ProducerMessage(topic: audit, value: "…"))
    // snippet.end
}

private func properties(path: String) async throws {
    // snippet.properties
    var properties = try await AsyncProducer.Configuration.Properties(
        file: path,
        profile: "production"
    )
    properties.merge(.init(environment: nil))
    properties["client.id"] = "orders"
    let configuration = try AsyncProducer.Configuration(properties)
    // snippet.end
    _ = configuration
}

private func file() async throws {
    // snippet.file
    let path = "producer.properties"
    var properties = try await AsyncProducer.Configuration.Properties(file: path)
    properties.merge(.init(environment: nil))
    let configuration = try AsyncProducer.Configuration(properties)
    // snippet.end
    _ = configuration
}
