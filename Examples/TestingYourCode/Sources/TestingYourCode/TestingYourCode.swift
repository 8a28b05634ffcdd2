// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// Places three orders; without `--brokers HOST:PORT,...` in a mock cluster. What this package shows is in its tests.
@main
enum TestingYourCode {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.isEmpty {
            try await withMockCluster(topics: ["orders": 6]) { try await placeOrders($0.bootstrapServers) }
        } else if arguments.count == 2, arguments.first == "--brokers", let brokers = arguments.last {
            try await placeOrders(brokers.split(separator: ",").map(String.init))
        } else {
            FileHandle.standardError.write(Data("usage: TestingYourCode [--brokers HOST:PORT,...]\n".utf8))
            exit(64)
        }
    }

    static func placeOrders(_ brokers: [String]) async throws {
        try await AsyncProducer.withProducer(.init(bootstrapServers: brokers)) { producer in
            let desk = OrderDesk(input: producer.input)
            for (number, item) in ["coffee", "tea", "milk"].enumerated() {
                let reply = await desk.place(Order(number: number + 1, customer: "ada", item: item))
                print("\(item): \(reply)")
            }
        }
    }
}
