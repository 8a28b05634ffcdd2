// SPDX-License-Identifier: Apache-2.0

#if ConfigurationSupport
import Configuration
import KafkaAsyncProducer
import Synchronization
import Testing

/// Notes which values were asked for as secrets.
private final class Reporter: AccessReporter {
    let secrets = Mutex<Set<String>>([])

    func report(_ event: AccessEvent) {
        guard case .success(let value?) = event.result, value.isSecret else { return }
        secrets.withLock { _ = $0.insert(event.metadata.key.components.joined(separator: ".")) }
    }
}

@Suite struct ConfigurationTests {
    @Test func valuesOfEveryTypeAreTaken() throws {
        let provider = InMemoryProvider(values: [
            ["kafka", "bootstrap", "servers"]: ConfigValue(.stringArray(["b1:9092", "b2:9092"]), isSecret: false),
            ["kafka", "linger", "ms"]: 7,
            ["kafka", "batch", "num", "messages"]: "500",
            ["kafka", "enable", "idempotence"]: false,
            ["kafka", "acks"]: "1",
            ["kafka", "buffer", "memory"]: 1_048_576,
            ["kafka", "socket", "timeout", "ms"]: 30_000,
        ])
        let reader = ConfigReader(provider: provider).scoped(to: "kafka")
        let configuration = try AsyncProducer.Configuration(configReader: reader)
        #expect(configuration.bootstrapServers == ["b1:9092", "b2:9092"])
        #expect(configuration.batching.linger == .milliseconds(7))
        #expect(configuration.batching.maximumMessages == 500)
        #expect(!configuration.delivery.idempotence)
        #expect(configuration.delivery.acks == .leader)
        #expect(configuration.buffering.maximumBytes == 1_048_576)
        #expect(configuration.librdkafka["socket.timeout.ms"] == "30000")
    }

    @Test func variablesHaveTheNamesThatTheLibraryReadsItself() throws {
        let variables = ["KAFKA_BOOTSTRAP_SERVERS": "b1:9092", "KAFKA_LINGER_MS": "2.5", "KAFKA_ACKS": "all"]
        let reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
        let theirs = try AsyncProducer.Configuration(configReader: reader.scoped(to: "kafka"))
        let ours = try AsyncProducer.Configuration(.init(environment: variables))
        #expect(theirs.description == ours.description)
        #expect(theirs.batching.linger == .microseconds(2_500))
    }

    @Test func secretsAreAskedForAsSecrets() throws {
        let reporter = Reporter()
        let provider = InMemoryProvider(values: [
            ["bootstrap", "servers"]: "b1:9093", ["security", "protocol"]: "SASL_SSL", ["sasl", "mechanism"]: "PLAIN",
            ["sasl", "username"]: "orders", ["sasl", "password"]: "hunter2-hunter2",
        ])
        let reader = ConfigReader(providers: [provider], accessReporter: reporter)
        let configuration = try AsyncProducer.Configuration(configReader: reader)
        #expect(reporter.secrets.withLock { $0 } == ["sasl.password", "sasl.username"])
        #expect(!"\(configuration)".contains("hunter2"))
    }

    @Test func aValueThatCannotBeIsRefusedInWords() throws {
        let reader = ConfigReader(provider: InMemoryProvider(values: [["linger", "ms"]: "soon"]))
        let error = try #require(throws: KafkaError.self) { try AsyncProducer.Configuration(configReader: reader) }
        #expect(error.code == .invalidConfiguration)
        #expect(error.message.contains("ConfigReader") && error.message.contains("linger.ms"))
    }

    @Test func theyMergeWithOthers() throws {
        let reader = ConfigReader(provider: InMemoryProvider(values: [["acks"]: "1", ["client", "id"]: "a"]))
        var properties = AsyncProducer.Configuration.Properties(configReader: reader)
        properties.merge(.init(["client.id": "b"]))
        #expect(properties["client.id"] == "b" && properties["acks"] == "1")
    }
}
#endif
