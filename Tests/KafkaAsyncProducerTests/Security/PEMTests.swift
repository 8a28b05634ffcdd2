// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import KafkaAsyncProducer

/// What holds no certificate or key is refused, and not taken for none.
@Suite struct PEMTests {
    typealias Configuration = AsyncProducer.Configuration
    typealias PEM = Configuration.Security.PEM

    /// Made once: a certificate that nobody trusts, and its key.
    private static let made: (certificate: String, key: String) = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pem-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days", "1", "-keyout",
            "\(folder.path)/key", "-out", "\(folder.path)/certificate",
        ]
        process.standardError = FileHandle.nullDevice
        try? process.run()
        process.waitUntilExit()
        func text(_ name: String) -> String {
            (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
        }
        return (text("certificate"), text("key"))
    }()

    private static var broken: [(text: String, fault: String)] {
        let certificate = made.certificate
        let lines = certificate.split(separator: "\n")
        return [
            ("", "empty"), (" \n\t\r\n", "empty"), ("nonsense", "no certificate"), (made.key, "no certificate"),
            (String(certificate.prefix(400)), "cut off"), (lines.dropLast().joined(separator: "\n"), "cut off"),
            ((lines[...1] + lines[3...]).joined(separator: "\n"), "cut off or damaged"),
            (certificate + certificate.prefix(400), "cut off"), (certificate.prefix(400) + certificate, "cut off"),
            (certificate.replacing(lines[2], with: "!"), "damaged"), (String(lines.last ?? ""), "belongs to no block"),
            (certificate.replacing("\n", with: "\\n"), "\\n in letters"),
            ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "damaged"),
            ("\u{FEFF}" + certificate, "byte order mark"), ("\u{FEFF}" + certificate + certificate, "byte order mark"),
            (String(certificate.replacing("\n", with: "\r\n").prefix(400)), "cut off"), ("\u{FEFF}", "no certificate"),
            (String(certificate.dropFirst()), "belongs to no block"),
            (certificate.replacing("\n", with: "\n  ").replacing("-----BEGIN", with: "  -----BEGIN"), "no certificate"),
        ]
    }

    private func error(_ security: Configuration.Security) async -> KafkaError? {
        var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = { _ in }
        configuration.security = security
        return await #expect(throws: KafkaError.self) { try await AsyncProducer(configuration) }
    }

    private func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "pem-\(UUID()).pem")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    @Test func brokenAuthoritiesAreRefusedFromTextAndFile() async throws {
        try #require(Self.made.certificate.contains("BEGIN"))
        for (text, fault) in Self.broken {
            try await withFile(text) { path in
                for pem in [PEM.text(text), .file(path)] {
                    let error = await error(.tls(.init(authorities: pem)))
                    #expect(error?.securityFailure == .unreadablePEM, "\(fault): \(error?.message ?? "")")
                    #expect(error?.message.contains("security.tls.authorities") == true)
                    #expect(error?.message.contains(fault) == true, "\(fault): \(error?.message ?? "")")
                }
            }
        }
    }

    @Test func brokenIdentitiesAreRefusedFromTextAndFile() async throws {
        let (certificate, key) = Self.made
        for (text, _) in Self.broken {
            try await withFile(text) { path in
                for pem in [PEM.text(text), .file(path)] {
                    let first = await error(
                        .tls(.init(authorities: nil, identity: .pem(certificate: pem, key: .text(key))))
                    )
                    #expect(first?.message.contains("security.tls.identity.certificate") == true)
                    if text == key { continue }
                    let second = await error(
                        .tls(.init(authorities: nil, identity: .pem(certificate: .text(certificate), key: pem)))
                    )
                    #expect(second?.message.contains("security.tls.identity.key") == true)
                    #expect(second?.securityFailure == .unreadablePEM)
                }
            }
        }
    }

    @Test func aPathOfBlanksIsNone() async {
        for path in ["", " "] {
            let authority = await error(.tls(.init(authorities: .file(path))))
            #expect(authority?.message.contains("it is empty") == true)
            let store = await error(.tls(.init(authorities: nil, identity: .pkcs12(file: path, password: "x"))))
            #expect(store?.message.contains("security.tls.identity.file") == true)
        }
        let properties = Configuration.Properties(
            ["bootstrap.servers": "b:1", "security.protocol": "ssl", "ssl.ca.location": ""],
            source: "p:3"
        )
        let refused = await #expect(throws: KafkaError.self) {
            try await AsyncProducer(Configuration(properties))
        }
        #expect(refused?.message.hasPrefix("p:3: ") == true)
    }

    /// Of newer librdkafkas.
    @Test func authoritiesForHTTPSAreLookedAtAsWell() {
        let configuration = Configuration(bootstrapServers: ["b:1"])
        for (name, value) in [("https.ca.pem", ""), ("https.ca.pem", "x"), ("https.ca.location", "/nowhere")] {
            #expect(throws: KafkaError.self) {
                try configuration.checkCertificates(.init(name: name, value: value, origin: nil))
            }
        }
        #expect(throws: Never.self) {
            try configuration.checkCertificates(.init(name: "https.ca.location", value: "probe", origin: nil))
        }
    }

    /// As a value of Java's that goes on over several lines.
    @Test func aStoreOfJavasOnOneLineIsTaken() async throws {
        let (certificate, key) = Self.made
        func value(_ text: String) -> String { text.replacing("\n", with: " \\\n  ") }
        let text = """
            bootstrap.servers=127.0.0.1:1
            security.protocol=SSL
            ssl.truststore.certificates=\(value(certificate + certificate))

            ssl.keystore.certificate.chain=\(value(certificate))

            ssl.keystore.key=\(value(key))

            """
        let properties = try Configuration.Properties(parsing: text, source: "p")
        #expect(properties["ssl.keystore.key"]?.contains("\n") == false)
        var configuration = try Configuration(properties)
        #expect(configuration.security.tls?.authorities == .text(certificate + certificate))
        configuration.logHandler = { _ in }
        try await AsyncProducer(configuration).close(deadline: .zero)
    }

    @Test func whatIsWholeIsTaken() async throws {
        let (certificate, key) = Self.made
        let chain =
            "Bag Attributes\n  friendlyName: x\n\(certificate)\r\n\n\(certificate.replacing("\n", with: "\r\n"))"
        try await withFile(chain + key) { path in
            // OpenSSL takes blanks between the digits.
            let indented = certificate.replacing("\nMII", with: "\n  MII")
            #expect(indented != certificate)
            for authorities in [PEM.text(chain), .text(indented), .file(path), .file("/etc/ssl/certs")] {
                var configuration = Configuration(bootstrapServers: ["127.0.0.1:1"])
                configuration.logHandler = { _ in }
                configuration.security = .tls(
                    .init(authorities: authorities, identity: .pem(certificate: .text(certificate), key: .file(path)))
                )
                try await AsyncProducer(configuration).close(deadline: .zero)
            }
        }
        if FileManager.default.fileExists(atPath: "/etc/ssl/certs/ca-certificates.crt") {
            let system = try Data(contentsOf: URL(filePath: "/etc/ssl/certs/ca-certificates.crt"))
            #expect(PEMCheck.fault(in: system, content: .certificates) == nil)
        }
    }
}
