// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where this run of the tests has its brokers from: one source per run, so that no more brokers run than needed.
package enum BrokerSource: Sendable {
    /// The tests start brokers, and may do with them what they like.
    case distribution(KafkaDistribution)
    /// Somebody's brokers: the tests may write to topics of their own.
    case servers([String])
    /// Nothing to test against, and why.
    case nothing(reason: String)

    /// What the environment says: `KAFKA_BOOTSTRAP_SERVERS` (running brokers), `KAFKA_HOME` (a download) or
    /// `KAFKA_DOCKER_IMAGE`. What is set but cannot be used is an error, and not a reason to skip.
    package static func find(
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> BrokerSource {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let servers = value("KAFKA_BOOTSTRAP_SERVERS") {
            return .servers(servers.split(separator: ",").map { String($0) })
        }
        if let home = value("KAFKA_HOME") {
            return .distribution(try KafkaDistribution(home: URL(filePath: home, directoryHint: .isDirectory)))
        }
        if let image = value("KAFKA_DOCKER_IMAGE") { return .distribution(try KafkaDistribution(image: image)) }
        return .nothing(
            reason: "no broker: set KAFKA_HOME to a Kafka download, KAFKA_DOCKER_IMAGE, or KAFKA_BOOTSTRAP_SERVERS"
        )
    }
}
