// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit

/// Places three orders; without `--brokers HOST:PORT,...` in a mock cluster. What this package shows is in its tests.
@main
enum TestingYourCode {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        do {
            if arguments.isEmpty {
                try await withMockCluster(topics: ["orders": 6]) { try await placeOrders($0.bootstrapServers) }
            } else if arguments.count == 2, arguments.first == "--brokers", let brokers = arguments.last {
                try await placeOrders(brokers.split(separator: ",").map(String.init))
            } else {
                end(64, "usage: TestingYourCode [--brokers HOST:PORT,...]")
            }
        } catch {
            // Thrown out of `main` it would be the report of a crash.
            end(1, "\(error)")
        }
    }

    private static func placeOrders(_ brokers: [String]) async throws {
        try await AsyncProducer.withProducer(.init(bootstrapServers: brokers)) { producer in
            let desk = OrderDesk(input: producer.input)
            for (number, item) in ["coffee", "tea", "milk"].enumerated() {
                let reply = await desk.place(Order(number: number + 1, customer: "ada", item: item))
                print("\(item): \(reply)")
            }
        }
    }

    private static func end(_ status: Int32, _ line: String) -> Never {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
        exit(status)
    }
}
