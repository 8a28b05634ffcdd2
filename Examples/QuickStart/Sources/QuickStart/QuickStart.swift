// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit

/// `QuickStart` starts a mock cluster in this process; `QuickStart --brokers HOST:PORT,HOST:PORT` uses real brokers.
@main
enum QuickStart {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.isEmpty {
            try await withMockCluster(brokers: 3, topics: ["orders": 6]) { cluster in
                try await sendOrders(to: cluster.bootstrapServers)
            }
        } else if arguments.count == 2, arguments.first == "--brokers", let brokers = arguments.last {
            try await sendOrders(to: brokers.split(separator: ",").map(String.init))
        } else {
            FileHandle.standardError.write(Data("usage: QuickStart [--brokers HOST:PORT,...]\n".utf8))
            exit(64)
        }
    }
}
