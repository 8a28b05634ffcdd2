// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

/// `--json` writes one object, whatever happens.
@Suite(.timeLimit(.minutes(1))) struct SummaryTests {
    private func object(_ outcome: KprodProcess.Outcome) throws -> [String: Any] {
        #expect(outcome.output.utf8.count { $0 == 10 } == 1, "\(outcome)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    @Test(
        arguments: [
            ["produce", "-b", "x:1", "-t", "t", "--json", "--no-such-option"],
            ["produce", "-b", "x:1", "-t", "t", "--json", "/no/such/file"],
            ["produce", "-b", "x:1", "-t", "t", "--json", "-X", "linger.ms=x"],
            ["produce", "-b", "x:1", "-t", "t", "--json", "-K", "\\q"],
            ["produce", "-b", "x:1", "-t", "t", "--json", "--dead-letter", "/no/such/folder/file"],
            ["produce", "-b", "x:1", "-t", "t", "--json", "--key-file", "/no/such/file"],
            ["produce", "-b", "127.0.0.1:1", "-t", "t", "--json", "--wait-broker", "300ms", "--value", "v"],
            ["produce", "-t", "t", "--json", "--dry-run", "/no/such/file"], ["replay", "--json"],
            ["topics", "-b", "127.0.0.1:1", "--timeout", "300ms", "--json"],
            ["bench", "-b", "x:1", "-t", "t", "--json", "--plot", "/no/such/folder/file"],
        ]
    )
    func errorsHaveAnObject(arguments: [String]) async throws {
        let outcome = try await KprodProcess.run(arguments)
        #expect(outcome.status != 0)
        let object = try object(outcome)
        #expect(object["exit"] as? Int32 == outcome.status)
        let error = try #require(object["error"] as? String, "\(outcome)")
        #expect(outcome.messages.contains { $0.hasSuffix(error) }, "\(outcome)")
    }

    @Test(arguments: [SIGINT, SIGTERM]) func signalsHaveAnObject(number: Int32) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--json"],
                input: nil
            )
            kprod.write("a\n")
            try await eventually { try await cluster.records(in: "t").count == 1 }
            kprod.signal(number)
            let object = try object(await kprod.finish())
            #expect(object["exit"] as? Int32 == 128 + number && object["delivered"] as? Int == 1)
        }
    }
}
