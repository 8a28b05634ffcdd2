// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization
import Testing

@Suite struct SecurityTests {
    typealias Configuration = AsyncProducer.Configuration
    typealias Security = Configuration.Security

    private func configuration(_ security: Security = .plaintext) -> Configuration {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.security = security
        configuration.logHandler = { _ in }
        return configuration
    }

    private let alice = Security.SASL.plain(username: "alice", password: "s3cret-s3cret")

    @Test func theDefaultsCheckEverythingAndWarnOfNothing() throws {
        #expect(configuration().warnings.isEmpty)
        #expect(configuration(.tls()).warnings.isEmpty)
        #expect(configuration(.sasl(alice)).warnings.isEmpty)
        let properties = try configuration(.sasl(alice)).effectiveProperties()
        func value(_ name: String) -> String? { properties.first { $0.name == name }?.value }
        #expect(value("security.protocol") == "sasl_ssl")
        #expect(value("ssl.endpoint.identification.algorithm") == "https")
        #expect(value("enable.ssl.certificate.verification") == "true")
        #expect(value("sasl.mechanisms") == "PLAIN")
    }

    @Test func whatIsARiskIsWarnedAbout() {
        func warnings(_ security: Security, _ properties: [String: String] = [:]) -> String {
            var configuration = configuration(security)
            configuration.librdkafka = properties
            return configuration.warnings.joined(separator: "\n")
        }
        let token = Security.SASL.oauthBearer { throw CancellationError() }
        #expect(warnings(.sasl(alice, tls: nil)).contains("password crosses the network unencrypted"))
        #expect(warnings(.sasl(token, tls: nil)).contains("token crosses the network unencrypted"))
        #expect(warnings(.sasl(.scramSHA256(username: "a", password: "b"), tls: nil)).isEmpty)
        #expect(warnings(.tls(.init(authorities: nil, verification: .none))).contains("not checked"))
        #expect(warnings(.tls(.init(authorities: nil, verification: .withoutHostName))).contains("host names"))
        #expect(warnings(.tls(), ["ssl.endpoint.identification.algorithm": "NONE"]).contains("host names"))
        #expect(warnings(.tls(), ["enable.ssl.certificate.verification": "FALSE"]).contains("not checked"))
        #expect(warnings(.plaintext, ["sasl.password": "s3cret-s3cret"]).contains("not used"))
        #expect(warnings(.plaintext, ["ssl.ca.location": "/ca"]).contains("ssl.ca.location is set and not used"))
        #expect(
            warnings(.plaintext, ["security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "plain"]).contains(
                "unencrypted"
            )
        )
        #expect(warnings(.sasl(token), ["enable.sasl.oauthbearer.unsecure.jwt": "true"]).contains("unsigned"))
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        let chain = Security.TLS.Identity.pem(certificate: .text(certificate + certificate), key: .file("/key"))
        #expect(warnings(.tls(.init(authorities: nil, identity: chain))).contains("chain as a file"))
    }

    @Test func warningsAreLogged() async throws {
        let lines = Mutex<[LogEntry]>([])
        var configuration = configuration(.sasl(alice, tls: nil))
        configuration.logHandler = { line in lines.withLock { $0.append(line) } }
        try await AsyncProducer(configuration).close()
        try await eventually("the warning") {
            lines.withLock { $0.contains { $0.level == .warning && $0.message.contains("unencrypted") } }
        }
    }

    @Test(arguments: ["plugin.library.paths", "sasl.kerberos.kinit.cmd", "ssl.engine.location", "ssl.providers"])
    func whatLoadsCodeMustBePermittedByName(name: String) async throws {
        var configuration = configuration()
        configuration.librdkafka[name] = "x"
        let error = #expect(throws: KafkaError.self) { try configuration.effectiveProperties() }
        #expect(error?.message.contains("permittedProperties") == true)
        configuration.permittedProperties = [name]
        // The very next one to look at it is librdkafka.
        do throws(KafkaError) {
            _ = try configuration.effectiveProperties()
        } catch {
            #expect(!error.message.contains("is refused"))
        }
        configuration.permittedProperties = ["enabled_events"]
        configuration.librdkafka = ["enabled_events": "1"]
        #expect(throws: KafkaError.self) { try configuration.effectiveProperties() }
    }

    /// librdkafka runs `kinit` through a shell with these in the command line.
    @Test(arguments: ["a; touch /tmp/x", "$(id)", "`id`", "a b", "a\nb", "\"a", "a|b", "a&b", "a'b"])
    func kerberosPropertiesCannotSmuggleCommands(value: String) {
        for name in ["sasl.kerberos.principal", "sasl.kerberos.service.name", "sasl.kerberos.keytab"] {
            var configuration = configuration()
            configuration.librdkafka[name] = value
            #expect(throws: KafkaError.self) { try configuration.effectiveProperties() }
            configuration.librdkafka[name] = "kafka/host-1.example@REALM"
            #expect(throws: Never.self) { try configuration.effectiveProperties() }
        }
    }

    @Test func certificatesThatAreNotPEMAreNamed() async {
        let garbage = Security.PEM.text("c4n4ry-c4n4ry")
        for (tls, name) in [
            (Security.TLS(authorities: garbage), "security.tls.authorities"),
            (
                Security.TLS(authorities: nil, identity: .pem(certificate: garbage, key: garbage)),
                "security.tls.identity"
            ),
        ] {
            let error = await #expect(throws: KafkaError.self) { _ = try await AsyncProducer(configuration(.tls(tls))) }
            #expect(error?.code == .invalidConfiguration && error?.securityFailure == .unreadablePEM)
            #expect(error?.message.hasPrefix(name) == true)
            #expect(error?.message.contains("c4n4ry") == false)
        }
    }

    @Test func tokensWithoutASourceAreRefused() async {
        var configuration = configuration()
        configuration.librdkafka = ["security.protocol": "sasl_ssl", "sasl.mechanism": "OAUTHBEARER"]
        let error = await #expect(throws: KafkaError.self) { _ = try await AsyncProducer(configuration) }
        #expect(error?.message.contains("security.sasl = .oauthBearer") == true)
    }

    @Test func noSecretIsInAnyText() {
        let canary = "c4n4ry-c4n4ry"
        let pem = Security.PEM.text(canary)
        let token = OAuthToken(canary, expiration: .init(millisecondsSinceEpoch: 1), extensions: ["a": canary])
        let identities: [Security.TLS.Identity] = [
            .pem(certificate: pem, key: pem, keyPassword: canary), .pkcs12(file: "/store", password: canary),
        ]
        let mechanisms: [Security.SASL] = [
            .plain(username: canary, password: canary), .scramSHA256(username: canary, password: canary),
            .scramSHA512(username: canary, password: canary), .oauthBearer { token },
        ]
        let properties = Configuration.Properties([
            "sasl.password": canary, "sasl.jaas.config": canary, "ssl.keystore.key": canary, "ssl.key.password": canary,
            "sasl.oauthbearer.client.secret": canary, "ssl.truststore.password": canary,
        ])
        var things: [Any] = [pem, token, properties]
        things += identities as [Any] + mechanisms as [Any]
        for identity in identities {
            for mechanism in mechanisms {
                let security = Security.sasl(mechanism, tls: .init(authorities: pem, identity: identity))
                var configuration = configuration(security)
                configuration.librdkafka = ["ssl.keystore.password": canary, "sasl.oauthbearer.client.secret": canary]
                things += [security, security.tls as Any, security.sasl as Any, configuration]
            }
        }
        for thing in things {
            var dumped = ""
            dump(thing, to: &dumped)
            for text in ["\(thing)", String(reflecting: thing), String(describing: [thing]), dumped] {
                #expect(!text.contains(canary), "\(type(of: thing))")
            }
        }
    }
}
