// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import kprod

/// What goes wrong with the connection is said in words that can be typed.
@Suite(.timeLimit(.minutes(1))) struct ClientWordsTests {
    @Test(
        arguments: [
            (
                "use its TLS port, or set security.tls = nil",
                "use its TLS port, or leave TLS out with -X security.protocol=plaintext"
            ),
            ("security.tls.authorities (ssl.ca.location): the file", "-X ssl.ca.location: the file"),
            (
                "set security.tls.identity (ssl.certificate.location, ssl.key.location)",
                "set -X ssl.certificate.location and -X ssl.key.location"
            ),
            (
                "delivery.timeout (1 ms) must be longer than batching.linger (5 ms)",
                "--delivery-timeout (1 ms) must be longer than --linger (5 ms)"
            ),
            (
                "\"acks\" cannot be \"x\": Invalid value \"x\" for configuration property \"acks\"",
                "\"acks\" cannot be \"x\": Invalid value \"x\" for configuration property \"acks\""
            ),
            ("nothing to change (here)", "nothing to change (here)"),
        ]
    )
    func wordsOfTheCommand(theirs: String, ours: String) { #expect(ClientWords.ofCommand(theirs) == ours) }

    @Test func whatAPropertyCanBeIsListed() async throws {
        let outcome = try await KprodProcess.run(["produce", "-b", "x:1", "-t", "t", "-X", "security.protocol=foo"])
        #expect(
            outcome.messages.first
                == "kprod: option -X: \"security.protocol\" cannot be \"foo\"; it is one of plaintext, ssl, "
                + "sasl_plaintext, sasl_ssl"
        )
    }

    /// Within a second or so, once, and with the next step.
    @Test func tlsToAPlaintextListenerIsGivenUp() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let start = ContinuousClock.now
            let outcome = try await KprodProcess.run(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "-X", "security.protocol=ssl"],
                input: "a\n"
            )
            // Within a second, but for what else this machine does.
            #expect(start.duration(to: .now) < .seconds(3), "\(outcome)")
            #expect(outcome.status == 78)
            #expect(outcome.messages.count { $0.contains("-X security.protocol=plaintext") } == 1, "\(outcome)")
            #expect(outcome.messages.allSatisfy { !$0.contains("security.tls") })
        }
    }

    @Test func aMechanismThatTheBrokerDoesNotHaveIsNotAWrongPassword() async throws {
        let files = try TemporaryFiles(["password": "p"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let sasl = [
                "-X", "security.protocol=sasl_plaintext", "-X", "sasl.mechanism=PLAIN", "-X", "sasl.username=u", "-X",
                "sasl.password=@\(files.path("password"))",
            ]
            let outcome = try await KprodProcess.run(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--value", "v"] + sasl
            )
            #expect(outcome.status == 77)
            #expect(outcome.messages.count { $0.contains("does not offer PLAIN") } == 1, "\(outcome)")
            #expect(outcome.messages.allSatisfy { !$0.contains("refused the credentials") })
        }
    }

    @Test(
        arguments: [
            (["-X", "security.protocol=ssl", "-X", "ssl.ca.location=/no/such/file"], "tls"),
            (["-X", "security.protocol=sasl_plaintext", "-X", "sasl.mechanism=FOO", "-X", "sasl.username=u"], "sasl"),
        ]
    )
    func theCheckNamesTheStepThatFailed(options: [String], step: String) async throws {
        let outcome = try await KprodProcess.run(["config", "check", "-b", "127.0.0.1:1", "--no-input"] + options)
        #expect(outcome.status == 78)
        let failed = outcome.output.split(separator: "\n").first { $0.contains("FAILED") } ?? ""
        #expect(failed.hasPrefix("  \(step) "), "\(outcome)")
        #expect(!outcome.output.contains("name server"))
    }
}
