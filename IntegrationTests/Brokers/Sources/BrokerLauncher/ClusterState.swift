// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What the brokers say about themselves and a topic, as `kcat -L -J` prints it.
package struct ClusterState: Sendable, Decodable {
    struct Broker: Decodable { let id: Int }
    struct TopicState: Decodable {
        let topic: String
        let partitions: [Partition]
    }

    /// A partition and who holds it.
    package struct Partition: Sendable, Decodable {
        struct Replica: Decodable { let id: Int }
        package let partition: Int32
        package let leader: Int
        let isrs: [Replica]

        /// The brokers that are in sync.
        package var inSync: [Int] { isrs.map(\.id).sorted() }
    }

    let brokers: [Broker]
    let topics: [TopicState]

    /// Brokers that are up.
    package var brokerIDs: [Int] { brokers.map(\.id).sorted() }

    /// Of the topic that was asked for; empty when there is none.
    package var partitions: [Partition] { topics.first?.partitions ?? [] }

    package static func read(from servers: [String], topic: String? = nil) async throws -> ClusterState {
        let topicOption = topic.map { ["-t", $0] } ?? []
        let outcome = try await ToolProcess.run(
            ["kcat", "-L", "-J", "-m", "5", "-b", servers.joined(separator: ",")] + topicOption
        )
        guard outcome.isSuccess else { throw LaunchError("kcat -L: \(outcome.errors)") }
        return try JSONDecoder().decode(ClusterState.self, from: outcome.output)
    }
}
