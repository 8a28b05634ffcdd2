// SPDX-License-Identifier: Apache-2.0

import KafkaTestKit

/// `swift run QuickStart` starts a mock cluster; `swift run QuickStart --brokers HOST:PORT` uses a real one.
@main
enum QuickStart {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--brokers", let brokers = arguments.dropFirst().first {
            try await sendOrders(to: brokers.split(separator: ",").map(String.init))
        } else {
            try await withMockCluster(brokers: 3, topics: ["orders": 6]) { cluster in
                try await sendOrders(to: cluster.bootstrapServers)
            }
        }
    }
}
