// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

/// `-L`, `-X list` and `-X dump` against the real `kcat`.
@Suite(.timeLimit(.minutes(2))) struct KcatListingTests {
    /// Which broker answers is up to chance.
    private func withoutSource(_ text: String) -> String {
        text.replacing(#/\(from broker [^)]*\)/#, with: "").replacing(#/"originating_broker":{[^}]*}/#, with: "")
    }

    @Test(.needsKcat, arguments: [["-L"], ["-L", "-t", "orders"], ["-LJ"], ["-L", "-J", "-torders", "-m", "9"]])
    func listsAsKcat(arguments: [String]) async throws {
        try await withMockCluster(brokers: 3, topics: ["logs": 2, "orders": 3]) { cluster in
            try await cluster.moveLeader(topic: "orders", partition: 1, to: nil)
            let all = arguments + ["-b", cluster.bootstrapServers[0]]
            let real = try await KprodProcess(all, path: RealKcat.path).finish()
            let ours = try await KprodProcess.run(all)
            #expect(ours.status == 0 && ours.messages == [], "\(ours)")
            #expect(ours.output.contains("orders"))
            // kcat ends its JSON without a newline.
            #expect(
                withoutSource(ours.output).trimmingCharacters(in: .newlines)
                    == withoutSource(real.output).trimmingCharacters(in: .newlines)
            )
        }
    }

    @Test(.needsKcat) func anErrorOfATopicIsShownAsByKcat() async throws {
        try await withMockCluster(brokers: 1, topics: ["bad": 1]) { cluster in
            try await cluster.failTopic("bad", with: .unknownTopicOrPartition)
            for arguments in [["-L", "-t", "bad"], ["-LJ", "-t", "bad"]] {
                let all = arguments + ["-b", cluster.bootstrapServers[0]]
                let real = try await KprodProcess(all, path: RealKcat.path).finish()
                let ours = try await KprodProcess.run(all)
                #expect(ours.status == 0)
                #expect(ours.output.contains("Broker: Unknown topic or partition"))
                #expect(
                    withoutSource(ours.output).trimmingCharacters(in: .newlines)
                        == withoutSource(real.output).trimmingCharacters(in: .newlines)
                )
            }
        }
    }

    @Test func nobodyThereIsOneLine() async throws {
        let outcome = try await KprodProcess.run(["-L", "-b", "127.0.0.1:1", "-m", "1"])
        #expect(outcome.status == 69 && outcome.output == "")
        #expect(outcome.messages.count == 1)
        let message = outcome.messages.first ?? ""
        #expect(message.hasPrefix("% ERROR: no answer from 127.0.0.1:1 within 1 s: "))
        #expect(message.contains("Connection refused") && message.hasSuffix("; check -b and that the brokers are up"))
    }

    /// Names and values as kcat shows them, for all that this client leaves alone.
    @Test(.needsKcat) func aDumpHasKcatsForm() async throws {
        let arguments = ["-Xdump", "-b", "x:1", "-X", "socket.timeout.ms=7000"]
        let real = try await KprodProcess(arguments, path: RealKcat.path).finish()
        let ours = try await KprodProcess.run(arguments)
        #expect(ours.status == 0 && ours.messages == [])
        let lines = Set(ours.output.split(separator: "\n", omittingEmptySubsequences: false))
        let common = Set(real.output.split(separator: "\n", omittingEmptySubsequences: false)).intersection(lines)
        #expect(common.isSuperset(of: ["# Global config", "# Topic config", "socket.timeout.ms = 7000"]))
        #expect(common.isSuperset(of: ["", "message.timeout.ms = 300000", "partitioner = consistent_random"]))
        #expect(common.count > 80)
    }

    @Test func aDumpNeedsNoBrokersAndHidesSecrets() async throws {
        let outcome = try await KprodProcess.run(["-Xdump", "-X", "sasl.password=hunter2", "-zgzip"])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\ncompression.codec = gzip\n"))
        #expect(outcome.output.contains("\nsasl.password = [redacted]\n"))
        #expect(!outcome.output.contains("hunter2"))
    }

    @Test func theListHasWhatAProducerCanBeGiven() async throws {
        let outcome = try await KprodProcess.run(["-X", "list"])
        #expect(outcome.status == 0)
        let names = Set(outcome.output.split(separator: "\n").compactMap { $0.split(separator: " ").first })
        #expect(names.isSuperset(of: ["linger.ms", "acks", "message.timeout.ms", "sasl.password"]))
        #expect(names.isDisjoint(with: ["group.id", "dr_msg_cb"]))
        #expect(outcome.output.contains("Type: boolean"))
    }
}
