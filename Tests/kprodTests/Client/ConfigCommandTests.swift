// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConfigCommandTests {
    private func lines(_ outcome: KprodProcess.Outcome) -> [String] {
        outcome.output.split(separator: "\n").map { String($0).split(separator: " ").joined(separator: " ") }
    }

    @Test func aCheckWalksToTheMetadataAndToEveryAdvertisedBroker() async throws {
        try await withMockCluster(brokers: 2, topics: ["orders": 3]) { cluster in
            let outcome = try await KprodProcess.run(["config", "check", "-b", cluster.bootstrapServers[0]])
            #expect(outcome.status == 0 && outcome.messages == [], "\(outcome)")
            let lines = lines(outcome)
            #expect(lines[0] == "configuration ok command line")
            #expect(lines[1] == cluster.bootstrapServers[0])
            #expect(lines[2] == "resolve ok \(cluster.bootstrapServers[0])")
            #expect(lines[3] == "connect ok")
            #expect(
                lines[4].hasPrefix("metadata ok cluster mockCluster") && lines[4].hasSuffix("brokers: 2, topics: 1")
            )
            #expect(lines[5] == "\(cluster.bootstrapServers[1]), as broker 2 is advertised: ok")
        }
    }

    @Test func aCheckSaysWhereItStops() async throws {
        let servers = "127.0.0.1:1,nowhere.invalid:9092"
        let outcome = try await KprodProcess.run(["config", "check", "-b", servers, "--timeout", "1s"])
        #expect(outcome.status == 69)
        let lines = lines(outcome)
        #expect(lines[3].hasPrefix("connect FAILED 127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed"))
        #expect(lines[4].hasPrefix("check the port"))
        #expect(lines[6].hasPrefix("resolve FAILED nowhere.invalid:9092/bootstrap: Failed to resolve"))
        #expect(lines[7].hasPrefix("check the name"))
    }

    @Test(arguments: [("ssl", "tls", 78), ("sasl_plaintext", "sasl", 77)] as [(String, String, Int32)])
    func theStepThatFailsDecidesTheStatus(protocolName: String, step: String, status: Int32) async throws {
        try await withMockCluster(brokers: 1, topics: [:]) { cluster in
            let options = [
                "security.protocol=\(protocolName)", "sasl.mechanism=PLAIN", "sasl.username=x",
                "sasl.password=env:HOME",
            ]
            let arguments = ["config", "check", "-b", cluster.bootstrapServers[0]] + options.flatMap { ["-X", $0] }
            let outcome = try await KprodProcess.run(arguments)
            #expect(outcome.status == status, "\(outcome)")
            #expect(lines(outcome).contains { $0.hasPrefix("\(step) FAILED ") })
            #expect(lines(outcome).contains("connect ok"))
        }
    }

    @Test func aDumpNamesTheSources() async throws {
        let files = try TemporaryFiles(["a.conf": "linger.ms=7\nsasl.password=c4n4ry\n"])
        let arguments = ["config", "dump", "-F", files.path("a.conf"), "-X", "acks=1"]
        let outcome = try await KprodProcess.run(arguments, data: Data(), environment: ["KPROD_RETRIES": "3"])
        #expect(outcome.status == 0)
        let text = outcome.output
        #expect(text.contains("# \(files.path("a.conf")):1:\nqueue.buffering.max.ms = 7\n"))
        #expect(text.contains("# option -X:\nrequest.required.acks = 1\n"))
        #expect(text.contains("# KPROD_RETRIES:\nmessage.send.max.retries = 3\n"))
        #expect(text.contains("partitioner = murmur2_random"))
        #expect(text.contains("sasl.password = [redacted]") && !text.contains("c4n4ry"))
    }

    @Test func aListIsOfThePropertiesWithAWord() async throws {
        let outcome = try await KprodProcess.run(["config", "list", "nagle"])
        #expect(outcome.output.contains("socket.nagle.disable") && !outcome.output.contains("linger.ms"))
        #expect(try await KprodProcess.run(["config", "lst"]).status == 64)
        #expect(try await KprodProcess.run(["config", "dump", "x"]).status == 64)
    }

    /// Typed on a terminal, which does not show it.
    @Test(.needsTmux) func aPasswordIsAskedFor() async throws {
        try await withTerminal { window in
            try await window.run("config dump -X sasl.mechanism=PLAIN -X sasl.username=x | grep ^sasl.password")
            try await window.wait { $0.hasSuffix("\nsasl.password:") }
            try await window.enter("c4n4ry")
            let screen = try await window.wait { $0.contains("sasl.password = [redacted]") }
            #expect(!screen.contains("c4n4ry"))
            try await window.enter("echo visible")
            try await window.wait { $0.contains("$ echo visible\nvisible") }
        }
    }
}
