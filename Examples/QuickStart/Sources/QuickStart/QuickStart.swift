// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit

/// `QuickStart` starts a mock cluster in this process; `QuickStart --brokers HOST:PORT,HOST:PORT` uses real brokers.
@main
enum QuickStart {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        do {
            if arguments.isEmpty {
                try await withMockCluster(brokers: 3, topics: ["orders": 6]) { cluster in
                    try await sendOrders(to: cluster.bootstrapServers)
                }
            } else if arguments.count == 2, arguments.first == "--brokers", let brokers = arguments.last {
                try await sendOrders(to: brokers.split(separator: ",").map(String.init))
            } else {
                end(64, "usage: QuickStart [--brokers HOST:PORT,...]")
            }
        } catch {
            // Thrown out of `main` it would be the report of a crash.
            end(1, "\(error)")
        }
    }

    private static func end(_ status: Int32, _ line: String) -> Never {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
        exit(status)
    }
}
