// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer

/// The brokers of this run.
enum Brokers {
    private static let found = Result { try BrokerSource.find() }

    /// Where they come from.
    static var source: BrokerSource {
        get throws { try found.get() }
    }

    /// What tests start brokers of their own from; tests that ask for it are ``Testing/Trait/needsLauncher``.
    static var distribution: KafkaDistribution {
        get throws {
            guard case .distribution(let distribution) = try source else {
                throw LaunchError("this test starts brokers of its own: give it the trait needsLauncher")
            }
            return distribution
        }
    }

    /// One broker for all tests that do not disturb it, started when the first one asks; it ends with the process.
    static var shared: [String] {
        get async throws {
            switch try source {
            case .servers(let servers): return servers
            case .distribution(let distribution):
                return try await SharedCluster.instance.cluster(on: distribution).bootstrapServers()
            case .nothing(let reason): throw LaunchError(reason)
            }
        }
    }
}

extension Brokers {
    /// Where the shared broker keeps its data; nil when it is somebody's.
    static var sharedData: URL? {
        get async throws {
            guard case .distribution(let distribution) = try source else { return nil }
            return try await SharedCluster.instance.cluster(on: distribution).brokers[0].dataFolder
        }
    }
}

private actor SharedCluster {
    static let instance = SharedCluster()
    private var launch: Task<Cluster, any Error>?

    func cluster(on distribution: KafkaDistribution) async throws -> Cluster {
        let launch = launch ?? Task { try await Cluster.launch(on: distribution) }
        self.launch = launch
        return try await launch.value
    }
}
