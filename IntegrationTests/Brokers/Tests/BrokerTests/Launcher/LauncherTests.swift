// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .brokerLogs)
struct LauncherTests {
    @Test func nodesComeAndGo() async throws {
        try await Cluster.withCluster(ClusterConfiguration(brokers: 3), on: Brokers.distribution) { cluster in
            let topics = Topics(on: cluster.bootstrapServers())
            try await topics.create("t", partitions: 3)
            try await eventually("all brokers hold all partitions") {
                let partitions = try await topics.state(of: "t").partitions
                return partitions.count == 3 && partitions.allSatisfy { $0.inSync == [1, 2, 3] }
            }
            try await cluster.brokers[0].kill()
            #expect(!cluster.brokers[0].isRunning)
            try cluster.brokers[0].start()
            try await cluster.brokers[1].stop()
            try cluster.brokers[1].start()
            try await cluster.waitUntilReady()
        }
    }

    /// Whatever ends the tests, the kernel closes the lifeline.
    @Test func aBrokerEndsWithItsLifeline() async throws {
        let cluster = try await Cluster.launch(on: Brokers.distribution)
        let log = cluster.brokers[0].logFile
        #expect(FileManager.default.fileExists(atPath: log.path))
        await cluster.destroy()
        #expect(!cluster.brokers[0].isRunning)
        #expect(!FileManager.default.fileExists(atPath: log.deletingLastPathComponent().path))
        #expect(throws: (any Error).self) { try BrokerSource.find(in: ["KAFKA_HOME": "/nowhere"]) }
    }
}
