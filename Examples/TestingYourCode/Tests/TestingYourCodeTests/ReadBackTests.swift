// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit
import Testing

@testable import TestingYourCode

/// What was really written, as a consumer finds it.
@Suite(.timeLimit(.minutes(1)))
struct ReadBackTests {
    @Test func anOrderIsARecordWithItsCustomerAsTheKey() async throws {
        try await withDesk { desk, cluster in
            #expect(await desk.place(.coffee) == .placed)
            let records = try await cluster.records(in: "orders")
            try #require(records.count == 1)
            #expect(records[0].keyText == "ada")
            #expect(records[0].valueText == "1,coffee")
            #expect(records[0].headers == [.init("version", "1")])
        }
    }

    @Test func theOrdersOfACustomerStayInOrder() async throws {
        try await withDesk { desk, cluster in
            for number in 1...100 {
                let order = Order(number: number, customer: "customer-\(number % 7)", item: "tea")
                #expect(await desk.place(order) == .placed)
            }
            let records = try await cluster.records(in: "orders")
            for (customer, orders) in Dictionary(grouping: records, by: { $0.keyText ?? "" }) {
                #expect(Set(orders.map(\.partition)).count == 1, "\(customer) is in one partition")
                let numbers = orders.compactMap { $0.valueText?.split(separator: ",").first }.compactMap { Int($0) }
                #expect(numbers == numbers.sorted() && numbers.count == orders.count)
            }
            #expect(records.count == 100)
        }
    }
}
