// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct TopicCheckTests {
    private func arguments(_ cluster: MockCluster, _ topic: String, _ options: [String]) -> [String] {
        ["produce", "-b", cluster.bootstrapServers[0], "-t", topic] + options
    }

    @Test func whatIsThereIsWrittenTo() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await KprodProcess.run(arguments(cluster, "t", ["--check-topic"]), input: "a\nb\n")
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try await written(cluster, "t") == ["∅,a", "∅,b"])
        }
    }

    /// Nothing is read: the input stays open, and the run ends all the same.
    @Test(.namesCases) func aMistypedTopicFailsBeforeAnythingIsRead() async {
        await atOnce([["--check-topic"], []]) { options in
            try await withMockCluster(brokers: 1, topics: ["orders": 1, "ordrs": 1]) { cluster in
                try await cluster.failTopic("ordrs", with: .unknownTopicOrPartition)
                let kprod = try KprodProcess(arguments(cluster, "ordrs", options), input: nil)
                let start = ContinuousClock.now
                let outcome = await kprod.finish()
                #expect(start.duration(to: .now) < .seconds(9), "sooner than librdkafka would give the topic up")
                #expect(outcome.status == 69)
                #expect(outcome.messages.contains("kprod: the brokers have no topic \"ordrs\"; did you mean orders?"))
                #expect(outcome.account.hasPrefix("delivered 0 (0 B) "))
            }
        }
    }

    /// A topic that comes up late is waited for.
    @Test func aNewTopicIsWaitedFor() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failTopic("t", with: .unknownTopicOrPartition)
            let kprod = try KprodProcess(arguments(cluster, "t", ["--create"]), input: Data("a\n".utf8))
            // Another one that starts later has seen the failure.
            let other = try await KprodProcess.run(["-L", "-b", cluster.bootstrapServers[0], "-t", "t"])
            #expect(other.output.contains("Unknown topic"))
            try await cluster.restoreTopic("t")
            let outcome = await kprod.finish()
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try await written(cluster, "t") == ["∅,a"])
        }
    }

    @Test func whatIsNotCreatedInTimeIsSaid() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failTopic("t", with: .unknownTopicOrPartition)
            let outcome = try await KprodProcess.run(arguments(cluster, "t", ["--create", "--wait-broker", "1s"]))
            #expect(outcome.status == 69)
            #expect(
                outcome.messages.contains { $0.hasPrefix("kprod: the brokers did not create the topic t within 1 s; ") }
            )
        }
    }

    @Test(.enabled(if: MockCluster.canFailTopics)) func whatMayNotBeSeenIsRefused() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failTopic("t", with: .topicAuthorizationFailed)
            let outcome = try await KprodProcess.run(arguments(cluster, "t", ["--check-topic"]), input: "a\n")
            #expect(outcome.status == 77)
            #expect(outcome.messages.contains { $0.hasSuffix("ask for DESCRIBE and WRITE on it") }, "\(outcome)")
        }
    }

    /// The wait for a broker that is not there can be left at once.
    @Test func aSignalEndsTheWait() async throws {
        let kprod = try KprodProcess(["produce", "-b", "127.0.0.1:1", "-t", "t", "--check-topic"], input: nil)
        _ = await kprod.messages.wait(for: "Connection refused")
        kprod.signal(SIGINT)
        let start = ContinuousClock.now
        let outcome = await kprod.finish()
        #expect(start.duration(to: .now) < .seconds(9))
        #expect(outcome.isSignal && outcome.status == SIGINT)
        #expect(outcome.account.hasPrefix("delivered 0 "))
    }
}
