// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

@Suite struct JavaPropertiesTests {
    typealias Configuration = AsyncProducer.Configuration

    private func configuration(_ text: String) throws -> Configuration {
        try Configuration(Configuration.Properties(parsing: text, source: "p"))
    }

    private func refusal(of text: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
        let error = #expect(throws: KafkaError.self, sourceLocation: sourceLocation) { try configuration(text) }
        #expect(error?.code == .invalidConfiguration, sourceLocation: sourceLocation)
        return error?.message ?? ""
    }

    @Test func aProducerOfJavasIsUnderstood() throws {
        let configuration = try configuration(
            """
            bootstrap.servers = a:9092, b:9092
            client.id = orders
            acks = -1
            linger.ms = 20
            batch.size = 16384
            compression.type = zstd
            delivery.timeout.ms = 120000
            max.request.size = 2000000
            buffer.memory = 33554432
            max.block.ms = 60000
            send.buffer.bytes = -1
            request.timeout.ms = 30000
            partitioner.class = org.apache.kafka.clients.producer.internals.DefaultPartitioner
            key.serializer = org.apache.kafka.common.serialization.StringSerializer
            interceptor.classes =
            """
        )
        #expect(configuration.bootstrapServers == ["a:9092", "b:9092"])
        #expect(configuration.clientID == "orders")
        #expect(configuration.delivery.acks == .all && configuration.delivery.idempotence)
        #expect(configuration.batching.linger == .milliseconds(20))
        #expect(configuration.batching.maximumBytes == 16_384)
        #expect(configuration.batching.compression == .zstd)
        #expect(configuration.delivery.timeout == .seconds(120))
        #expect(configuration.delivery.maximumMessageBytes == 2_000_000)
        #expect(configuration.buffering.maximumBytes == 33_554_432)
        #expect(configuration.buffering.admissionDeadline == .seconds(60))
        #expect(
            configuration.librdkafka == [
                "socket.send.buffer.bytes": "0", "request.timeout.ms": "30000",
            ]
        )
        #expect(configuration.partitioning == .java)
        #expect(configuration.notes.count == 2)
        #expect(configuration.notes.first?.hasPrefix("p:14: key.serializer: ignored, ") == true)
    }

    @Test func weakerAcksTurnIdempotenceOffUnlessItIsNamed() async throws {
        #expect(try !configuration("bootstrap.servers=a:1\nacks=1").delivery.idempotence)
        #expect(try !configuration("bootstrap.servers=a:1\nretries=0").delivery.idempotence)
        #expect(try !configuration("bootstrap.servers=a:1\nmax.in.flight=6").delivery.idempotence)
        #expect(try configuration("bootstrap.servers=a:1\nmax.in.flight=5").delivery.idempotence)
        #expect(try configuration("bootstrap.servers=a:1\nacks=1\nenable.idempotence=true").delivery.idempotence)
    }

    @Test(arguments: [
        ("org.apache.kafka.common.security.plain.PlainLoginModule", "PLAIN"),
        ("org.apache.kafka.common.security.scram.ScramLoginModule", "SCRAM-SHA-512"),
    ])
    func theLoginModulesOfPasswordsAreUnderstood(module: String, mechanism: String) throws {
        let configuration = try configuration(
            """
            security.protocol=SASL_SSL
            sasl.mechanism=\(mechanism)
            sasl.jaas.config=\(module) required \\
                username="ali\\\\"ce" password='p;= w';
            ssl.endpoint.identification.algorithm=
            """
        )
        let credentials =
            switch configuration.security.sasl {
            case .plain(let name, let password), .scramSHA512(let name, let password): [name, password]
            default: [String]()
            }
        #expect(credentials == ["ali\"ce", "p;= w"])
        #expect(configuration.security.sasl?.mechanism == mechanism)
        #expect(configuration.security.tls?.verification == .withoutHostName)
        #expect(configuration.librdkafka.isEmpty)
        #expect(configuration.warnings.count == 1)
    }

    /// A sign that joins the quote before it to one character.
    @Test func aPasswordMayBeginWithAnything() throws {
        let text = "sasl.jaas.config=a.PlainLoginModule required username=\"\u{301}\" password='\u{7A6}';"
        let configuration = try configuration("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n\(text)")
        #expect(configuration.security.sasl?.credentials?.username == "\u{301}")
        #expect(configuration.security.sasl?.credentials?.password == "\u{7A6}")
    }

    @Test(arguments: [
        "c4n4ry", "Plain required username=\"c4n4ry\";", "a.PlainLoginModule required username=\"a\" password=\"c4n4ry",
        "a.PlainLoginModule required username=c4n4ry;", "a.OAuthBearerLoginModule required clientSecret=\"c4n4ry\";",
        "a.PlainLoginModule required username=a password=c4n4ry; b.Other required;", "",
    ])
    func aLoginModuleThatCannotBeIsRefusedUnseen(value: String) {
        let message = refusal(of: "sasl.jaas.config=\(value)")
        #expect(message.hasPrefix("p:1: sasl.jaas.config: ") && !message.contains("c4n4ry"))
    }

    @Test func storesInPEMAndPKCS12AreUnderstood() throws {
        let pem = try configuration(
            """
            security.protocol=SSL
            ssl.truststore.type=PEM
            ssl.truststore.location=/ca
            ssl.keystore.type=PEM
            ssl.keystore.location=/client
            ssl.key.password=secret
            """
        )
        #expect(
            pem.security.tls
                == .init(
                    authorities: .file("/ca"),
                    identity: .pem(certificate: .file("/client"), key: .file("/client"), keyPassword: "secret")
                )
        )
        let inline = try configuration(
            """
            security.protocol=SSL
            ssl.truststore.certificates=CA
            ssl.keystore.key=KEY
            ssl.keystore.certificate.chain=CHAIN
            """
        )
        #expect(
            inline.security.tls
                == .init(authorities: .text("CA"), identity: .pem(certificate: .text("CHAIN"), key: .text("KEY")))
        )
        let pkcs12 = try configuration(
            "security.protocol=SSL\nssl.keystore.location=/client.p12\nssl.keystore.password=secret"
        )
        #expect(pkcs12.security.tls?.identity == .pkcs12(file: "/client.p12", password: "secret"))
    }

    @Test(arguments: [
        ("ssl.truststore.location=/a.jks", "keytool"), ("ssl.keystore.location=/a.jks", "PKCS12"),
        ("ssl.truststore.location=/a.p12", "openssl"), ("ssl.truststore.location=/a", "ssl.truststore.type"),
        ("ssl.keystore.type=BKS", "PEM or PKCS12"), ("partitioner.class=my.Partitioner", "murmur2_random"),
        ("buffer.memory=10MB", "plain number"), ("linger.msec=1", "did you mean \"linger.ms\""),
        ("batch.size=10MB", "read it as 10"), ("acks=two", "acks"), ("log.queue=true", "refused"),
    ])
    func whatCannotBeSaysWhereAndWhatToDo(line: String, hint: String) {
        let message = refusal(of: "\n\(line)")
        #expect(message.hasPrefix("p:2: ") && message.contains(hint), "\(message)")
    }

    @Test(arguments: [
        ("software.amazon.msk.auth.iam.IAMLoginModule required;", "OAUTHBEARER"),
        ("com.sun.security.auth.module.KeyStoreLoginModule required keyStoreURL=x;", "ssl.keystore.location"),
        ("com.example.Own required password=\"c4n4ry\";", "PlainLoginModule"),
        ("c4n4ry required a=b;", "Krb5LoginModule"),
        ("a.ScramLoginModule required username=a password=c4n4ry tokenauth=\"true\";", "delegation token"),
    ])
    func aModuleWithoutACounterpartSaysWhatToUse(value: String, hint: String) {
        let message = refusal(of: "sasl.jaas.config=\(value)")
        #expect(message.contains(hint) && !message.contains("c4n4ry"), "\(message)")
    }

    /// Java has a level for each codec.
    @Test(arguments: [
        ("gzip", "gzip", "6", "6"), ("gzip", "gzip", "-1", nil), ("lz4", "lz4", "9", nil), ("lz4", "lz4", "17", "12"),
        ("zstd", "zstd", "3", "3"), ("zstd", "zstd", "22", "12"), ("zstd", "zstd", "-5", "1"),
        ("zstd", "gzip", "6", nil),
        ("none", "zstd", "3", nil),
    ])
    func theLevelOfTheCodecInUseIsTaken(codec: String, of: String, level: String, taken: String?) throws {
        let configuration = try configuration("compression.type=\(codec)\ncompression.\(of).level=\(level)")
        #expect(configuration.librdkafka["compression.level"] == taken)
        // Whatever is not what was written is said.
        let isSaid = codec != of || (taken != nil && taken != level)
        #expect(configuration.notes.count == (isSaid ? 1 : 0))
    }

    @Test func suitesGetTheirNamesOfOpenSSL() throws {
        let suites = [
            "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
            "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        ]
        let configuration = try configuration("ssl.cipher.suites=\(suites.joined(separator: ", "))")
        let names =
            "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:AES128-SHA:ECDHE-RSA-CHACHA20-POLY1305"
        #expect(configuration.librdkafka["ssl.cipher.suites"] == names)
        #expect(configuration.notes.count == 1)
        let own = try self.configuration("ssl.cipher.suites=ECDHE-RSA-AES128-GCM-SHA256:!aNULL")
        #expect(own.librdkafka["ssl.cipher.suites"] == "ECDHE-RSA-AES128-GCM-SHA256:!aNULL" && own.notes.isEmpty)
    }

    /// As a password it would be sent to the broker.
    @Test func aReferenceToAProviderIsNoValue() {
        let message = refusal(of: "config.providers=file, vault\nssl.key.password=${vault:secret/c4n4ry:key}")
        #expect(message.hasPrefix("p:2: ssl.key.password: ") && !message.contains("c4n4ry"))
        #expect(refusal(of: "transaction.two.phase.commit.enable=true").contains("two-phase"))
    }

    @Test func tokensAreFetchedByALibrdkafkaThatCan() throws {
        let text = """
            security.protocol=SASL_SSL
            sasl.mechanism=OAUTHBEARER
            sasl.oauthbearer.token.endpoint.url=https://idp/token
            sasl.oauthbearer.client.credentials.client.id=me
            sasl.oauthbearer.client.credentials.client.secret=secret
            sasl.oauthbearer.jwks.endpoint.url=https://idp/keys
            """
        let properties = try Configuration.Properties(parsing: text, source: "p")
        let fetched = try JavaProperties(properties, fetchesTokens: true)
        let values = Dictionary(uniqueKeysWithValues: fetched.entries.map { ($0.name, $0.value) })
        #expect(values["sasl.oauthbearer.method"] == "oidc" && values["sasl.oauthbearer.client.id"] == "me")
        #expect(values["sasl.oauthbearer.client.secret"] == "secret" && fetched.notes.count == 1)
        let left = try JavaProperties(properties, fetchesTokens: false)
        #expect(left.notes.count == 4 && !left.entries.contains { $0.name.hasPrefix("sasl.oauthbearer") })
        let entry = JavaProperties.Entry(
            name: "sasl.jaas.config",
            value: "a.OAuthBearerLoginModule required clientId=\"me\" clientSecret=\"s\";",
            source: nil
        )
        let jaas = try JAASConfiguration(entry, fetchesTokens: true)
        #expect(jaas.properties.map(\.name) == ["sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret"])
    }

    @Test func whatHasNoTypeStaysWithLibrdkafka() async throws {
        var configuration = try configuration(
            """
            bootstrap.servers=127.0.0.1:1
            security.protocol=sasl_ssl
            sasl.mechanism=GSSAPI
            sasl.kerberos.principal=kafka/host@REALM
            ssl.ca.location=probe
            topic.partitioner=fnv1a_random
            """
        )
        #expect(configuration.security.sasl == nil && configuration.security.tls == .init())
        #expect(configuration.librdkafka["security.protocol"] == "sasl_ssl")
        #expect(configuration.librdkafka["ssl.ca.location"] == "probe")
        #expect(configuration.partitioning == .sarama)
        configuration.logHandler = { _ in }
        configuration.librdkafka["security.protocol"] = "ssl"
        try await AsyncProducer(configuration).close()
    }
}
