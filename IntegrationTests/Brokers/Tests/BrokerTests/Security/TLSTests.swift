// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized, .needsLauncher, .brokerLogs)
struct TLSTests {
    private func tls(
        _ certificates: Certificates,
        _ identity: Security.TLS.Identity? = nil,
        _ verification: Security.TLS.Verification = .full
    ) -> Security {
        .tls(.init(authorities: .file(certificates.authority), identity: identity, verification: verification))
    }

    @Test func aTrustedBrokerIsConnectedTo() async throws {
        let broker = try await SecureCluster.shared
        try await broker.expectDelivery(over: .tls, tls(broker.certificates))
        let text = try broker.certificates.text("authority.crt")
        try await broker.expectDelivery(over: .tls, .tls(.init(authorities: .text(text))))
        // Several authorities in one text, the one that is needed last.
        let both = try broker.certificates.text("stranger.crt") + text
        try await broker.expectDelivery(over: .tls, .tls(.init(authorities: .text(both))))
    }

    @Test func anUntrustedAuthorityIsNamed() async throws {
        let broker = try await SecureCluster.shared
        try await broker.expectFailure(
            over: .tls,
            .tls(.init(authorities: .file(broker.certificates.stranger))),
            .untrustedCertificate,
            "ssl.ca.location",
            "CN=broker",
            "CN=authority"
        )
        // The system's authorities do not know it either.
        try await broker.expectFailure(over: .tls, .tls(), .untrustedCertificate, "security.tls.authorities")
    }

    @Test func anotherHostIsNamed() async throws {
        let broker = try await SecureCluster.shared
        try await broker.expectFailure(over: .elsewhere, tls(broker.certificates), .wrongHost, "subjectAltName")
        try await broker.expectDelivery(over: .elsewhere, tls(broker.certificates, nil, .withoutHostName))
    }

    @Test func anExpiredCertificateIsNamed() async throws {
        let broker = try await SecureCluster.shared
        try await broker.expectFailure(over: .expired, tls(broker.certificates), .certificateExpired, "has expired")
        try await broker.expectDelivery(over: .expired, tls(broker.certificates, nil, .none))
    }

    @Test func plaintextAndTLSAreToldApart() async throws {
        let broker = try await SecureCluster.shared
        try await broker.expectFailure(over: .tls, .plaintext, .brokerRequiresTLS, "security.tls")
        try await broker.expectFailure(
            over: .plaintext,
            tls(broker.certificates),
            .brokerSpeaksPlaintext,
            "security.tls"
        )
    }

    @Test func aClientCertificateIsShownFromFileAndMemory() async throws {
        let broker = try await SecureCluster.shared
        let certificates = broker.certificates
        let password = Certificates.keyPassword
        let file = Security.PEM.file(certificates.path("client.crt"))
        let text = Security.PEM.text(try certificates.text("client.crt"))
        let identities: [Security.TLS.Identity] = [
            .pem(certificate: file, key: .file(certificates.path("client.key"))),
            .pem(certificate: .file(certificates.path("client.pem")), key: .file(certificates.path("client.pem"))),
            .pem(certificate: file, key: .file(certificates.encryptedKey), keyPassword: password),
            .pem(certificate: text, key: .text(try certificates.text("client.key"))),
            .pem(certificate: text, key: .text(try certificates.text("client.encrypted.key")), keyPassword: password),
            .pkcs12(file: certificates.keyStore, password: password),
        ]
        for identity in identities {
            try await broker.expectDelivery(over: .mutual, tls(certificates, identity))
        }
    }

    @Test func aMissingOrUnwantedClientCertificateIsNamed() async throws {
        let broker = try await SecureCluster.shared
        let certificates = broker.certificates
        try await broker.expectFailure(
            over: .mutual,
            tls(certificates),
            .clientCertificateRequired,
            "security.tls.identity"
        )
        let unwanted = certificates.path("unwanted.pem")
        try await broker.expectFailure(
            over: .mutual,
            tls(certificates, .pem(certificate: .file(unwanted), key: .file(unwanted))),
            .clientCertificateRefused,
            "client certificate"
        )
    }
}
