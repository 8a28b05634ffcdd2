// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KafkaAsyncProducer

/// Property files are shared with programs in Java: no name of theirs stops the run.
@Suite struct JavaNamesTests {
    typealias Configuration = AsyncProducer.Configuration

    /// The names of ProducerConfig in Kafka 4.3.1.
    private static let producer = """
        acks batch.size bootstrap.servers buffer.memory client.dns.lookup client.id compression.gzip.level
        compression.lz4.level compression.type compression.zstd.level config.providers connections.max.idle.ms
        delivery.timeout.ms enable.idempotence enable.metrics.push interceptor.classes key.serializer linger.ms
        max.block.ms max.in.flight.requests.per.connection max.request.size metadata.max.age.ms metadata.max.idle.ms
        metadata.recovery.rebootstrap.trigger.ms metadata.recovery.strategy metric.reporters metrics.num.samples
        metrics.recording.level metrics.sample.window.ms partitioner.adaptive.partitioning.enable
        partitioner.availability.timeout.ms partitioner.class partitioner.ignore.keys receive.buffer.bytes
        reconnect.backoff.max.ms reconnect.backoff.ms request.timeout.ms retries retry.backoff.max.ms retry.backoff.ms
        sasl.client.callback.handler.class sasl.jaas.config sasl.kerberos.kinit.cmd
        sasl.kerberos.min.time.before.relogin sasl.kerberos.service.name sasl.kerberos.ticket.renew.jitter
        sasl.kerberos.ticket.renew.window.factor sasl.login.callback.handler.class sasl.login.class
        sasl.login.connect.timeout.ms sasl.login.read.timeout.ms sasl.login.refresh.buffer.seconds
        sasl.login.refresh.min.period.seconds sasl.login.refresh.window.factor sasl.login.refresh.window.jitter
        sasl.login.retry.backoff.max.ms sasl.login.retry.backoff.ms sasl.mechanism sasl.oauthbearer.assertion.algorithm
        sasl.oauthbearer.assertion.claim.aud sasl.oauthbearer.assertion.claim.exp.seconds
        sasl.oauthbearer.assertion.claim.iss sasl.oauthbearer.assertion.claim.jti.include
        sasl.oauthbearer.assertion.claim.nbf.seconds sasl.oauthbearer.assertion.claim.sub
        sasl.oauthbearer.assertion.file sasl.oauthbearer.assertion.private.key.file
        sasl.oauthbearer.assertion.private.key.passphrase sasl.oauthbearer.assertion.template.file
        sasl.oauthbearer.client.credentials.client.id sasl.oauthbearer.client.credentials.client.secret
        sasl.oauthbearer.clock.skew.seconds sasl.oauthbearer.expected.audience sasl.oauthbearer.expected.issuer
        sasl.oauthbearer.header.urlencode sasl.oauthbearer.jwks.endpoint.refresh.ms
        sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms sasl.oauthbearer.jwks.endpoint.retry.backoff.ms
        sasl.oauthbearer.jwks.endpoint.url sasl.oauthbearer.jwt.retriever.class sasl.oauthbearer.jwt.validator.class
        sasl.oauthbearer.scope sasl.oauthbearer.scope.claim.name sasl.oauthbearer.sub.claim.name
        sasl.oauthbearer.token.endpoint.url security.protocol security.providers send.buffer.bytes
        socket.connection.setup.timeout.max.ms socket.connection.setup.timeout.ms ssl.cipher.suites
        ssl.enabled.protocols ssl.endpoint.identification.algorithm ssl.engine.factory.class ssl.key.password
        ssl.keymanager.algorithm ssl.keystore.certificate.chain ssl.keystore.key ssl.keystore.location
        ssl.keystore.password ssl.keystore.type ssl.protocol ssl.provider ssl.secure.random.implementation
        ssl.trustmanager.algorithm ssl.truststore.certificates ssl.truststore.location ssl.truststore.password
        ssl.truststore.type transaction.timeout.ms transaction.two.phase.commit.enable transactional.id value.serializer
        """.split { $0.isWhitespace }.map { String($0) }

    /// Values for those that are not free text.
    private static let values = [
        "acks": "all", "bootstrap.servers": "127.0.0.1:1", "client.dns.lookup": "use_all_dns_ips",
        "compression.type": "gzip", "max.in.flight.requests.per.connection": "5",
        "compression.gzip.level": "6", "ssl.truststore.location": "/ca.pem", "connections.max.idle.ms": "-1",
        "security.protocol": "PLAINTEXT",
        "config.providers": "",
        // Newer librdkafkas know some of these, and look at the value.
        "metadata.recovery.strategy": "rebootstrap", "sasl.oauthbearer.assertion.algorithm": "RS256",
        "sasl.oauthbearer.assertion.claim.jti.include": "true", "auto.offset.reset": "latest",
        "max.poll.records": "500",
        "partitioner.class": "org.apache.kafka.clients.producer.internals.DefaultPartitioner",
        "sasl.jaas.config": "a.PlainLoginModule required username=\"a\" password=\"b\";", "sasl.mechanism": "PLAIN",
        "sasl.kerberos.kinit.cmd": "/usr/bin/kinit", "ssl.cipher.suites": "TLS_AES_128_GCM_SHA256",
        "ssl.endpoint.identification.algorithm": "", "ssl.keystore.type": "PEM", "ssl.truststore.type": "PEM",
        "transaction.two.phase.commit.enable": "false", "enable.idempotence": "true", "enable.metrics.push": "true",
    ]

    private static func value(_ name: String) -> String {
        if let value = values[name] { return value }
        let isNumber = [
            ".ms", ".bytes", ".level", ".size", ".seconds", ".jitter", ".factor", ".samples", ".memory", ".relogin",
        ]
        .contains { name.hasSuffix($0) }
        return isNumber || name.hasPrefix("max.") || name == "retries" ? "5000" : "x"
    }

    private func expectNotUnknown(_ name: String) {
        do {
            let text = "compression.type=gzip\n\(name)=\(Self.value(name))"
            _ = try Configuration(Configuration.Properties(parsing: text, source: "p"))
        } catch {
            Issue.record("\(name): \(error.message)")
        }
    }

    @Test(arguments: producer) func everyNameOfJavasProducerIsTaken(name: String) { expectNotUnknown(name) }

    @Test(arguments: [
        "key.deserializer", "value.deserializer", "headers.deserializer", "schema.registry.url",
        "schema.registry.ssl.truststore.location", "basic.auth.user.info", "basic.auth.credentials.source",
        "bearer.auth.token", "confluent.monitoring.interceptor.bootstrap.servers", "confluent.license",
        "auto.register.schemas", "use.latest.version", "value.subject.name.strategy", "max.poll.records",
        "auto.offset.reset", "apicurio.registry.url", "metrics.context.cluster", "config.providers.file.class",
    ])
    func whatStandsBesideItInAFileIsLeftOut(name: String) throws {
        let configuration = try Configuration(
            Configuration.Properties(parsing: "\n\(name)=\(Self.value(name))", source: "p")
        )
        // Librdkafka knows a few of consumers' itself.
        if configuration.librdkafka[name] == nil {
            #expect(configuration.notes.first?.hasPrefix("p:2: \(name): ignored, ") == true)
        }
    }

    /// Librdkafka knows the names, and not all that they may be.
    @Test(arguments: [
        "auto.offset.reset=none", "auto.offset.reset=by_duration:PT1H", "fetch.max.bytes=2147483647",
        "max.poll.interval.ms=2147483647", "session.timeout.ms=2147483647",
    ])
    func aValueForConsumersInJavaIsLeftOut(line: String) throws {
        let configuration = try Configuration(Configuration.Properties(parsing: "\n\(line)", source: "p"))
        let name = line.split(separator: "=")[0]
        #expect(configuration.notes == ["p:2: \(name): ignored, it concerns consumers only"])
        #expect(configuration.librdkafka.isEmpty)
    }

    /// The newest client that is here may have more than the table.
    @Test(.enabled(if: Kafka.jars != nil, "no Kafka at KAFKA_HOME or ../shared/kafka"))
    func theTableIsThatOfTheNewestClient() throws {
        let jars = try #require(Kafka.jars)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["java", "-cp", "\(jars)/*", "org.apache.kafka.clients.producer.ProducerConfig"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let html = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let names = html.matches(of: /id="producerconfigs_([^"]+)"/).map { String($0.output.1) }
        #expect(names.count > 90)
        for name in names { expectNotUnknown(name) }
        if jars.contains("4.3.1") { #expect(Set(names) == Set(Self.producer)) }
    }

    private enum Kafka {
        /// The folder with the newest client there is.
        static let jars: String? = {
            let environment = ProcessInfo.processInfo.environment
            let homes = environment["KAFKA_HOME"].map { $0.split(separator: ":").map { String($0) } } ?? []
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
            // Beside the folder of this package, or of a work tree of it.
            let folders = ["../shared/kafka", "../../shared/kafka"].map { root.appending(path: $0).path }
            let shared = folders.flatMap { folder in
                let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return versions.sorted(by: >).map { "\(folder)/\($0)" }
            }
            return (homes + shared).map { "\($0)/libs" }.first { folder in
                let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return files.contains { $0.hasPrefix("kafka-clients-") }
            }
        }()
    }
}
