// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

/// What is wrong with certificates and keys of the client's own shows before it connects.
@Suite(.timeLimit(.minutes(1)), .needsLauncher)
struct KeyTests {
    @Test func whatIsWrongWithCertificatesAndKeysIsNamed() async throws {
        let certificates = try await SecureCluster.shared.certificates
        let certificate = Security.PEM.file(certificates.path("client.crt"))
        let key = Security.PEM.file(certificates.path("client.key"))
        let encrypted = Security.PEM.file(certificates.encryptedKey)
        let encryptedText = Security.PEM.text(try certificates.text("client.encrypted.key"))
        let garbage = Security.PEM.file(certificates.garbage)
        let cut = Security.PEM.text(String(try certificates.text("client.key").dropLast(40)))
        let cases: [(Security.TLS.Identity, SecurityFailure, String)] = [
            (.pem(certificate: certificate, key: encrypted), .wrongKeyPassword, "ssl.key.location"),
            (.pem(certificate: certificate, key: encrypted, keyPassword: "wr0ng-pass"), .wrongKeyPassword, "password"),
            (.pem(certificate: certificate, key: encryptedText), .wrongKeyPassword, "ssl.key.pem"),
            (.pem(certificate: certificate, key: encryptedText, keyPassword: "wr0ng-pass"), .wrongKeyPassword, "key"),
            (.pem(certificate: certificate, key: garbage), .unreadablePEM, "security.tls.identity.key"),
            (.pem(certificate: certificate, key: cut), .unreadablePEM, "ssl.key.pem"),
            (.pem(certificate: garbage, key: key), .unreadablePEM, "security.tls.identity.certificate"),
            (.pem(certificate: certificate, key: .file(certificates.path("broker.key"))), .keyMismatch, "belong"),
            (.pkcs12(file: certificates.keyStore, password: "wr0ng-pass"), .wrongKeyPassword, "key store"),
            (.pkcs12(file: certificates.garbage, password: "x"), .unreadablePEM, "PKCS#12"),
        ]
        for (identity, failure, words) in cases {
            let error = await refusal(.tls(.init(authorities: .file(certificates.authority), identity: identity)))
            #expect(error?.securityFailure == failure, "\(identity): \(error?.message ?? "")")
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("wr0ng-pass") == false)
        }
        let authorities = await refusal(.tls(.init(authorities: garbage)))
        #expect(authorities?.securityFailure == .unreadablePEM && authorities?.message.contains("ssl.ca") == true)
    }

    private func refusal(_ security: Security) async -> KafkaError? {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.security = security
        configuration.logHandler = { _ in }
        do throws(KafkaError) {
            _ = try await AsyncProducer(configuration)
            Issue.record("a producer was made")
            return nil
        } catch {
            #expect(error.code == .invalidConfiguration)
            return error
        }
    }
}
