// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import QuickStart

@Suite(.timeLimit(.minutes(1)))
struct QuickStartTests {
    @Test("every order is in the log, those of a customer in order") func everyOrder() async throws {
        try await withMockCluster(brokers: 3, topics: ["orders": 6]) { cluster in
            try await sendOrders(to: cluster.bootstrapServers)
            let records = try await cluster.records(in: "orders")
            #expect(records.count == 1_001)
            for customer in 1...10 {
                let numbers = stride(from: customer, through: 1_000, by: 10)
                let values = records.filter { $0.keyText == "customer-\(customer % 10)" }.map(\.valueText)
                #expect(values == numbers.map { "order \($0)" })
            }
            #expect(records.filter { $0.keyText == "vip" }.map(\.valueText) == ["order 1001"])
        }
    }

    @Test("a broker that fails requests for a while costs no order") func brokerFails() async throws {
        try await withMockCluster(brokers: 3, topics: ["orders": 6]) { cluster in
            try await cluster.failNext(.produce, with: .notEnoughReplicas, count: 5)
            try await sendOrders(to: cluster.bootstrapServers)
            #expect(try await cluster.records(in: "orders").count == 1_001)
        }
    }
}
