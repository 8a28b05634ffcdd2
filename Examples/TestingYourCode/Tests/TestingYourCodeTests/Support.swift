// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import TestingYourCode

/// Runs `body` with a desk at a mock cluster, and checks that every order has an outcome at the end.
func withDesk(
    timeout: Duration = .seconds(30),
    _ body: (OrderDesk<AsyncProducer.Input>, MockCluster) async throws -> Void
) async throws {
    try await withMockCluster(brokers: 1, topics: ["orders": 6]) { cluster in
        var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
        // Faults are on purpose here: the log lines about them would only hide those that are not.
        configuration.logHandler = { _ in }
        // A test that waits for a failure does not want to wait for five minutes.
        configuration.delivery.timeout = timeout
        let producer = try await AsyncProducer(configuration)
        try await body(OrderDesk(input: producer.input), cluster)
        let report = try await producer.close()
        #expect(report.statistics.isBalanced && report.statistics.inFlight == 0)
    }
}

extension Order {
    static let coffee = Order(number: 1, customer: "ada", item: "coffee")
    static let tea = Order(number: 2, customer: "ada", item: "tea")
}
