// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

@Suite(.timeLimit(.minutes(2))) struct TopicsTests {
    @Test func theClusterIsATable() async throws {
        try await withMockCluster(brokers: 2, topics: ["orders": 3, "logs": 12]) { cluster in
            try await cluster.moveLeader(topic: "orders", partition: 1, to: nil)
            let outcome = try await KprodProcess.run(["topics", "-b", cluster.bootstrapServers[0]])
            #expect(outcome.status == 0 && outcome.messages == [])
            let lines = outcome.output.split(separator: "\n").map { String($0) }
            #expect(lines.first?.hasPrefix("cluster mockCluster") == true)
            let addresses = try #require(lines.firstIndex(of: "BROKER  ADDRESS"))
            #expect(
                Set(lines[addresses...].dropFirst().prefix(2).compactMap { $0.split(separator: " ").last })
                    == Set(cluster.bootstrapServers.map { $0[...] })
            )
            #expect(
                lines.suffix(3) == [
                    "TOPIC   PARTITIONS  REPLICAS  STATE",
                    "logs            12         2  ok",
                    "orders           3         2  1 without a leader",
                ]
            )
        }
    }

    @Test func aNamedTopicShowsItsPartitionsAndAMistypedOneItsNeighbour() async throws {
        try await withMockCluster(brokers: 1, topics: ["orders": 2]) { cluster in
            let outcome = try await KprodProcess.run(["topics", "-b", cluster.bootstrapServers[0], "orders", "ordrs"])
            #expect(outcome.status == 69)
            #expect(outcome.messages == ["kprod: the brokers have no topic \"ordrs\"; did you mean orders?"])
            let expected =
                "topic orders: ok\nPARTITION  LEADER  REPLICAS  IN SYNC\n"
                + "        0       1  1         1\n        1       1  1         1\n"
            #expect(outcome.output.hasSuffix(expected), "\(outcome.output)")
            let known = try await KprodProcess.run(["topics", "-b", cluster.bootstrapServers[0], "--json"]).output
            #expect(!known.contains("ordrs"), "asking creates nothing")
        }
    }

    @Test func jsonHasEverything() async throws {
        struct Answer: Decodable {
            struct Broker: Decodable { let id: Int, host: String, port: Int }
            struct Partition: Decodable {
                let partition: Int, leader: Int?, replicas: [Int], isr: [Int], error: String?
            }
            struct Topic: Decodable { let topic: String, error: String?, partitions: [Partition] }
            let cluster: String?, controller: Int?, brokers: [Broker], topics: [Topic]
        }
        try await withMockCluster(brokers: 2, topics: ["a": 1, "bad": 1]) { cluster in
            try await cluster.failTopic("bad", with: .topicAuthorizationFailed)
            let outcome = try await KprodProcess.run(["topics", "--json", "-b", cluster.bootstrapServers[0]])
            let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
            #expect(answer.brokers.map { "\($0.host):\($0.port)" }.sorted() == cluster.bootstrapServers.sorted())
            #expect(answer.topics.map(\.topic) == ["a", "bad"])
            #expect(answer.topics.map(\.error) == [nil, "TOPIC_AUTHORIZATION_FAILED"])
            #expect(answer.topics.first?.partitions.first?.isr.count == 2)
        }
    }
}
