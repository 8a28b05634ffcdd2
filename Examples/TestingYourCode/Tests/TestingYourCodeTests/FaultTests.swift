// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import TestingYourCode

/// Brokers that refuse, answer late, or are away.
@Suite(.timeLimit(.minutes(1)))
struct FaultTests {
    @Test func aFaultThatPassesIsNotNoticed() async throws {
        try await withDesk { desk, cluster in
            // Retried by the producer itself, as is a connection that breaks.
            try await cluster.failNext(.produce, with: [.notEnoughReplicas, .notLeaderOrFollower, .transport])
            #expect(await desk.place(.coffee) == .placed)
            #expect(try await cluster.records(in: "orders").count == 1)
        }
    }

    @Test func whatTheBrokerRefusesIsRefusedAndTheNextOrderIsNot() async throws {
        try await withDesk { desk, cluster in
            try await cluster.failNext(.produce, with: .policyViolation)
            #expect(await desk.place(.coffee) == .refused("POLICY_VIOLATION"))
            #expect(await desk.place(.tea) == .placed)
            #expect(try await cluster.records(in: "orders").map(\.valueText) == ["2,tea"])
        }
    }

    @Test func withTheBrokersAwayTheCustomerMayTryAgainAndThenCan() async throws {
        try await withDesk(timeout: .seconds(1)) { desk, cluster in
            try await cluster.brokerDown()
            #expect(await desk.place(.coffee) == .tryAgain)
            try await cluster.brokerUp()
            // The first try may meet a connection that is not there again yet; nothing is written twice all the same.
            var reply = await desk.place(.coffee)
            while reply == .tryAgain { reply = await desk.place(.coffee) }
            #expect(reply == .placed)
            #expect(try await cluster.records(in: "orders").count == 1)
        }
    }

    @Test func anOrderWhoseAnswerIsLostIsNotTakenForMissing() async throws {
        try await withDesk(timeout: .seconds(2)) { desk, cluster in
            #expect(await desk.place(.coffee) == .placed)
            // Written, but the broker is gone before it can say so, and does not come back in time.
            try await cluster.delayNext(.produce, by: .seconds(60))
            async let reply = desk.place(.tea)
            try await waitUntil { try await cluster.records(in: "orders").count == 2 }
            try await cluster.brokerDown()
            #expect(await reply == .unknown)
            try await cluster.brokerUp()
        }
    }

    private func waitUntil(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(10)) }
    }
}
