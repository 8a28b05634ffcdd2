// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// The command with TLS and SASL from a file.
@Suite(.timeLimit(.minutes(2)), .serialized, .needsLauncher, .needsCommand, .brokerLogs)
struct CommandSecurityTests {
    /// Runs `body` with a file that only its owner may read.
    private func withFile(_ lines: [String], _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "kprod-\(UUID().uuidString).conf")
        try Data(lines.map { "\($0)\n" }.joined().utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        try await body(file.path)
    }

    private func lines(
        _ secure: SecureCluster,
        _ listener: SecureCluster.Listener,
        password: String = SecureCluster.passwords["alice"] ?? ""
    ) -> [String] {
        let servers = ["bootstrap.servers=\(secure.servers(listener).joined(separator: ","))"]
        let tls = ["ssl.ca.location=\(secure.certificates.authority)"]
        let sasl = ["sasl.mechanism=PLAIN", "sasl.username=alice", "sasl.password=\(password)"]
        return switch listener {
        case .saslTLS: servers + tls + sasl + ["security.protocol=SASL_SSL"]
        case .mutual:
            servers + tls + [
                "security.protocol=SSL", "ssl.certificate.location=\(secure.certificates.path("client.crt"))",
                "ssl.key.location=\(secure.certificates.path("client.key"))",
            ]
        default: servers + tls + ["security.protocol=SSL"]
        }
    }

    @Test(arguments: [SecureCluster.Listener.tls, .mutual, .saslTLS])
    func recordsArriveSecurely(listener: SecureCluster.Listener) async throws {
        let secure = try await SecureCluster.shared
        try await withTopic(on: secure.plainServers) { topic in
            try await withFile(lines(secure, listener)) { file in
                let outcome = try await Kprod.run(["produce", "-F", file, "-t", topic], input: .text("one\ntwo\n"))
                #expect(outcome.isSuccess, "\(outcome.errors)")
                let records = try await LogRecord.all(of: topic, on: secure.plainServers)
                #expect(records.map(\.payload) == ["one", "two"])
            }
        }
    }

    /// Refused credentials are said, with their own status, and never shown.
    @Test func aWrongPassword() async throws {
        let secure = try await SecureCluster.shared
        let password = "w7ong-and-s3cret"
        try await withTopic(on: secure.plainServers) { topic in
            try await withFile(lines(secure, .saslTLS, password: password)) { file in
                let outcome = try await Kprod.run(
                    ["produce", "-F", file, "-t", topic, "--delivery-timeout", "3s"],
                    input: .text("one\n")
                )
                #expect(!outcome.isSuccess && !outcome.isSignal)
                #expect(try outcome.number("delivered") == 0)
                #expect(outcome.errors.lowercased().contains("authentication"), "\(outcome.errors)")
                #expect(!outcome.errors.contains(password) && !outcome.text.contains(password))
                #expect(try await LogRecord.all(of: topic, on: secure.plainServers).isEmpty)
            }
        }
    }
}
