// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@Suite struct PropertiesTests {
    typealias Configuration = AsyncProducer.Configuration

    /// What librdkafka itself would show of the names in `librdkafka`.
    private func value(_ name: String, _ change: (inout Configuration) -> Void = { _ in }) throws -> String? {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        change(&configuration)
        let matches = try configuration.effectiveProperties().filter { $0.name == name }
        #expect(matches.count <= 1)
        return matches.first?.value
    }

    @Test func whatIsSetBeatsDefaultsAndAliasesAreResolved() throws {
        #expect(try value("queue.buffering.max.ms") == "5")
        #expect(try value("queue.buffering.max.ms") { $0.batching.linger = .milliseconds(7) } == "7")
        #expect(try value("queue.buffering.max.ms") { $0.librdkafka["linger.ms"] = "9" } == "9")
        #expect(try value("request.required.acks") == "-1")
        #expect(try value("socket.timeout.ms") == "60000")
        #expect(try value("metadata.broker.list") == "127.0.0.1:1")
    }

    @Test func serversMayBeMissing() throws {
        #expect(try value("client.id") { $0.bootstrapServers = [] } == "kafka-async-producer")
    }

    @Test func whatAClientWouldRefuseIsRefused() {
        var configuration = Configuration(bootstrapServers: [])
        configuration.librdkafka["lingr.ms"] = "5"
        let error = #expect(throws: KafkaError.self) { try configuration.effectiveProperties() }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("did you mean \"linger.ms\"?") == true)
    }

    @Test func secretsAreNotShown() throws {
        let canary = "c4n4ry"
        var configuration = Configuration(bootstrapServers: [])
        configuration.security = .sasl(.plain(username: canary, password: canary))
        configuration.librdkafka["ssl.key.password"] = canary
        let properties = try configuration.effectiveProperties()
        #expect(properties.allSatisfy { !$0.value.contains(canary) })
        #expect(properties.first { $0.name == "sasl.password" }?.value == "[redacted]")
        #expect(properties.first { $0.name == "ssl.keystore.password" }.map { $0.value != "[redacted]" } ?? true)
    }

    @Test func knownPropertiesDescribeThemselves() throws {
        let known = Configuration.knownProperties
        let linger = try #require(known.first { $0.name == "linger.ms" })
        #expect(linger.original == "queue.buffering.max.ms" && linger.type == "float" && linger.isForProducers)
        let codec = try #require(known.first { $0.name == "compression.codec" })
        #expect(codec.range.contains("zstd"))
        #expect(try #require(known.first { $0.name == "group.id" }).isForProducers == false)
        #expect(try #require(known.first { $0.name == "sasl.password" }).isSecret)
        #expect(known.contains { $0.name == "transactional.id" && $0.isForProducers })
        #expect(!known.contains { $0.name == "dr_msg_cb" })
    }
}
