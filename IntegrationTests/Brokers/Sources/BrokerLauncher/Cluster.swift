// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Brokers of the tests' own, on loopback, with data that go when they do.
package final class Cluster: Sendable {
    /// What it runs.
    package let distribution: KafkaDistribution
    /// The brokers, `node.id` 1 first.
    package let brokers: [Node]
    /// The controller, if it is a node of its own.
    package let controller: Node?
    private let plan: ClusterPlan

    private init(_ plan: ClusterPlan, _ distribution: KafkaDistribution) {
        self.plan = plan
        self.distribution = distribution
        let nodes = plan.nodeIDs.map { Node($0, plan, distribution) }
        brokers = nodes.filter { plan.isBroker($0.id) }
        controller = nodes.first { !plan.isBroker($0.id) }
    }

    /// Brokers and controller.
    package var nodes: [Node] { brokers + (controller.map { [$0] } ?? []) }

    /// Where to connect; nil is the launcher's own listener, plaintext.
    package func bootstrapServers(listener: String? = nil) -> [String] {
        plan.brokerPorts.indices.map { "127.0.0.1:\(port(listener: listener, broker: $0 + 1))" }
    }

    /// The port on which a broker listens; 0 when it has no such listener.
    package func port(listener: String? = nil, broker id: Int) -> UInt16 {
        plan.brokerPorts[id - 1][listener ?? ClusterPlan.launcherListener] ?? 0
    }

    /// Starts a cluster and waits until all its brokers serve.
    package static func launch(
        _ configuration: ClusterConfiguration = ClusterConfiguration(),
        on distribution: KafkaDistribution
    ) async throws -> Cluster {
        for attempt in 1... {
            let folder = try FileManager.default.makeTemporaryFolder("cluster")
            let cluster = Cluster(try ClusterPlan(configuration, folder: folder), distribution)
            do {
                try await cluster.start()
                return cluster
            } catch {
                let logs = cluster.nodes.map { $0.logTail(lines: .max) }.joined()
                await cluster.destroy()
                // Between the choice of the ports and their use somebody else took one.
                if attempt < 3, logs.contains("Address already in use") { continue }
                throw error
            }
        }
        throw LaunchError("the cluster could not be started")
    }

    /// Starts a cluster for the length of `body`.
    package static func withCluster<Result>(
        _ configuration: ClusterConfiguration = ClusterConfiguration(),
        on distribution: KafkaDistribution,
        _ body: (Cluster) async throws -> Result
    ) async throws -> Result {
        let cluster = try await launch(configuration, on: distribution)
        do {
            let result = try await body(cluster)
            await cluster.destroy()
            return result
        } catch {
            await cluster.destroy()
            throw error
        }
    }

    private func start() async throws {
        try LogSettings.write(to: plan.folder)
        let clusterID = Data((0..<16).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
            .replacing("+", with: "A").replacing("/", with: "B").prefix(22)
        try await withThrowingTaskGroup { group in
            for node in nodes { group.addTask { try await node.format(clusterID: String(clusterID)) } }
            try await group.waitForAll()
        }
        LiveClusters.add(self)
        for node in nodes { try node.start() }
        try await waitUntilReady()
    }

    /// Waits until every broker serves and knows all the others.
    package func waitUntilReady(within limit: Duration = .seconds(90)) async throws {
        let end = ContinuousClock.now + limit
        while true {
            if let ended = nodes.first(where: { !$0.isRunning }) {
                throw LaunchError(
                    "node \(ended.id) of \(distribution) ended: \(ended.guardMessages)\(ended.logTail())"
                )
            }
            if try await isReady() { return }
            guard ContinuousClock.now < end else {
                let logs = nodes.map { "node \($0.id): \($0.logTail())" }.joined(separator: "\n")
                throw LaunchError("\(distribution) was not ready within \(limit):\n\(logs)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func isReady() async throws -> Bool {
        let ids = brokers.map(\.id)
        guard ids.allSatisfy({ FreePorts.isOpen(port(broker: $0)) }) else { return false }
        for id in ids {
            let state = try? await ClusterState.read(from: ["127.0.0.1:\(port(broker: id))"])
            guard state?.brokerIDs == ids else { return false }
        }
        return true
    }

    /// Ends all nodes at once and removes their data.
    package func destroy() async {
        LiveClusters.remove(self)
        await withTaskGroup { group in
            for node in nodes { group.addTask { try? await node.destroy() } }
        }
        try? FileManager.default.removeItem(at: plan.folder)
    }

    /// Whether a process may have a disk of its own: ``ClusterConfiguration/firstBrokerDiskSize`` needs it.
    package static var mayMount: Bool {
        get async {
            let script = "mount --make-rprivate / && mount -t tmpfs -o size=1m none /tmp"
            return (try? await ToolProcess.run(["unshare", "-m", "sh", "-c", script]))?.isSuccess ?? false
        }
    }
}
