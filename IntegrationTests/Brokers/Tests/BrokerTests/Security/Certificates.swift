// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation

/// Certificates and keys of the tests' own, made with openssl: `name.pem` holds key and certificate, as Kafka's key
/// stores in PEM want it, `name.key` and `name.crt` hold one of the two.
struct Certificates: Sendable {
    /// What encrypts ``encryptedKey``.
    static let keyPassword = "k3y-passw0rd"

    let folder: URL

    /// The authority of the good ones.
    var authority: String { path("authority.crt") }
    /// An authority that signed none of them.
    var stranger: String { path("stranger.crt") }
    /// The client's key, encrypted.
    var encryptedKey: String { path("client.encrypted.key") }
    /// Certificate and key of the client in PKCS#12.
    var keyStore: String { path("client.p12") }
    /// Something that is not PEM.
    var garbage: String { path("garbage.pem") }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    static func make() async throws -> Certificates {
        let certificates = Certificates(folder: try FileManager.default.makeTemporaryFolder("certificates"))
        for authority in ["authority", "stranger"] {
            try await certificates.openssl(
                ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(authority)"]
                    + ["-keyout", "\(authority).key", "-out", "\(authority).crt"]
            )
        }
        let here = "DNS:localhost,IP:127.0.0.1"
        try await certificates.sign("broker", names: here)
        try await certificates.sign("elsewhere", names: "DNS:kafka.example")
        try await certificates.sign("expired", names: here, days: -1)
        try await certificates.sign("client", names: "DNS:client")
        try await certificates.sign("unwanted", names: "DNS:client", by: "stranger")
        try await certificates.openssl(
            ["pkcs8", "-topk8", "-in", "client.key", "-out", "client.encrypted.key", "-passout", "pass:\(keyPassword)"]
        )
        try await certificates.openssl(
            ["pkcs12", "-export", "-in", "client.crt", "-inkey", "client.key", "-out", "client.p12"]
                + ["-passout", "pass:\(keyPassword)"]
        )
        try Data("no certificate\n".utf8).write(to: URL(filePath: certificates.garbage))
        return certificates
    }

    private func sign(_ name: String, names: String, days: Int = 2, by authority: String = "authority") async throws {
        try await openssl(
            ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-keyout", "\(name).key"]
                + ["-out", "\(name).csr"]
        )
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(filePath: path("\(name).ext")))
        try await openssl(
            ["x509", "-req", "-in", "\(name).csr", "-CA", "\(authority).crt", "-CAkey", "\(authority).key"]
                + ["-CAcreateserial", "-days", String(days), "-extfile", "\(name).ext", "-out", "\(name).crt"]
        )
        try Data((try text("\(name).key") + text("\(name).crt")).utf8).write(to: URL(filePath: path("\(name).pem")))
    }

    /// Names of files in `arguments` are those of ``folder``.
    private func openssl(_ arguments: [String]) async throws {
        let known = [".key", ".crt", ".csr", ".ext", ".p12"]
        let arguments = arguments.map { argument in
            known.contains { argument.hasSuffix($0) } ? path(argument) : argument
        }
        let outcome = try await ToolProcess.run(["openssl"] + arguments)
        if !outcome.isSuccess { throw LaunchError("openssl \(arguments.joined(separator: " ")): \(outcome.errors)") }
    }
}
