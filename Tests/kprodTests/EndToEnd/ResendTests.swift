// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// A broker refuses a whole batch for the sake of one record: each is sent again alone.
@Suite(.timeLimit(.minutes(2))) struct ResendTests {
    private func produce(_ cluster: MockCluster) -> [String] {
        ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--linger", "300ms", "-H", "h=1", "-p0"]
    }

    @Test(arguments: [KafkaError.Code.messageTooLarge, .invalidRecord, KafkaError.Code(rawValue: 18)])
    func innocentRecordsOfARefusedBatchAreDelivered(code: KafkaError.Code) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failNext(.produce, with: code)
            let outcome = try await KprodProcess.run(produce(cluster), input: "a\nb\nc\n")
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.account.hasPrefix("delivered 3 (3 B) ") && outcome.account.contains("failed 0"))
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.valueText).sorted { $0 ?? "" < $1 ?? "" } == ["a", "b", "c"])
            #expect(records.allSatisfy { $0.headers == [RecordHeader("h", "1")] })
        }
    }

    @Test func onlyTheGuiltyFail() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            // The batch, then one of the three that are sent alone.
            try await cluster.failNext(.produce, with: .messageTooLarge, count: 2)
            let outcome = try await KprodProcess.run(produce(cluster), input: "a\nb\nc\n")
            #expect(outcome.status == 1)
            #expect(
                outcome.messages.first?.contains(#/1 × MESSAGE_TOO_LARGE \(at stdin:[123], in t\[0\]\): /#) == true,
                "\(outcome)"
            )
            #expect(outcome.account.hasPrefix("delivered 2 (2 B) ") && outcome.account.contains("failed 1"))
            #expect(try await cluster.records(in: "t").count == 2)
        }
    }

    /// Records of one key keep their order: what comes behind a refused one is not overtaken by it, unless that is asked
    /// for.
    @Test(arguments: [false, true]) func recordsWithKeysAreSentAgainOnlyWhenAsked(isAsked: Bool) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failNext(.produce, with: .messageTooLarge)
            let options = ["-K:"] + (isAsked ? ["--resend"] : [])
            let outcome = try await KprodProcess.run(produce(cluster) + options, input: "k:a\nk:b\nc\n")
            #expect(outcome.status == (isAsked ? 0 : 1), "\(outcome)")
            let values = try await cluster.records(in: "t").compactMap(\.valueText)
            #expect(values.sorted() == (isAsked ? ["a", "b", "c"] : ["c"]))
        }
    }

    /// Other failures are final.
    @Test func whatIsNotForTheSakeOfOneRecordFailsAtOnce() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.failNext(.produce, with: .policyViolation)
            let outcome = try await KprodProcess.run(produce(cluster), input: "a\nb\n")
            #expect(outcome.status == 1)
            #expect(try outcome.number("failed") == 2)
            #expect(try await cluster.records(in: "t").isEmpty)
        }
    }

    /// What is being sent again can be dropped like everything else.
    @Test func aSecondSignalDropsWhatIsSentAgain() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            try await cluster.delayNext(.produce, by: .zero, with: .messageTooLarge)
            try await cluster.delayNext(.produce, by: .seconds(60))
            let kprod = try KprodProcess(produce(cluster), input: nil)
            kprod.write("a\nb\n")
            // Written, but the answer takes its time.
            while try await cluster.records(in: "t").isEmpty {}
            kprod.signal(2)
            _ = await kprod.messages.wait(for: "interrupted: draining")
            kprod.signal(2)
            let outcome = await kprod.finish()
            #expect(outcome.isSignal && outcome.status == 2)
            #expect(try outcome.number("undelivered") == 2, "\(outcome)")
        }
    }
}
