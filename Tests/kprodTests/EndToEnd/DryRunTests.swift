// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import kprod

@Suite(.timeLimit(.minutes(1))) struct DryRunTests {
    /// What a dry run says is where the client puts the records.
    @Test(arguments: [
        "consistent", "consistent_random", "murmur2", "murmur2_random", "fnv1a", "fnv1a_random",
    ])
    func partitionsAreThoseOfTheClient(partitioner: String) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 7]) { cluster in
            let keys = ["", "a", "ab", "abc", "abcd", "é", "user-17", "0123456789abcdefg"] + (0..<30).map { "k\($0)" }
            let input = keys.map { "\($0):v\n" }.joined()
            let arguments = [
                "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "-K:", "-X",
                "partitioner=\(partitioner)",
            ]
            let dry = try await KprodProcess.run(arguments + ["--dry-run", "-v"], input: input)
            #expect(dry.status == 0, "\(dry)")
            #expect(try await cluster.records(in: "t").isEmpty)
            #expect(try await KprodProcess.run(arguments, input: input).status == 0)
            let records = try await cluster.records(in: "t")
            let lines = dry.output.split(separator: "\n")
            for key in keys {
                let partition = try #require(records.first { $0.keyText == key }).partition
                let line = try #require(lines.first { $0.contains(", key \"\(key)\",") }, "\(key)")
                let isChance = key.isEmpty && partitioner == "consistent_random"
                #expect(line.contains("partition \(isChance ? "any" : "\(partition)") of 7, "), "\(line)")
            }
        }
    }

    @Test func whatCannotBeSentIsSaid() async throws {
        try await withMockCluster(brokers: 1, topics: ["orders": 2]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "--dry-run", "-t"]
            let outcome = try await KprodProcess.run(arguments + ["orders", "-p", "2"], input: "a\nb\n")
            #expect(outcome.status == 1)
            #expect(outcome.messages.first?.contains("orders has no partition 2: it has 2") == true, "\(outcome)")
            let missing = try await KprodProcess.run(arguments + ["order"], input: "a\n")
            #expect(missing.status == 69)
            #expect(missing.messages.first == "kprod: the brokers have no topic \"order\"; did you mean orders?")
        }
    }

    @Test func theSummaryIsAnObject() async throws {
        let outcome = try await KprodProcess.run(["produce", "--dry-run", "-t", "t", "--json"], input: "a\n\nb\n")
        let data = Data(outcome.output.utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["would_send"] as? Int == 2 && object["skipped"] as? Int == 1 && object["exit"] as? Int == 0)
    }
}
