// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Testing

/// Three brokers, a controller of their own, and a proxy in front of each.
struct FaultCluster: Sendable {
    let cluster: Cluster
    /// In the order of the brokers.
    let proxies: [TCPProxy]

    /// The one of the suite that runs.
    @TaskLocal static var current: FaultCluster?

    static func launch() async throws -> FaultCluster {
        var configuration = ClusterConfiguration(brokers: 3)
        configuration.hasOwnController = true
        let proxies = try (0..<3).map { _ in try TCPProxy() }
        var proxied = ClusterConfiguration.Listener("PROXIED", .plaintext)
        proxied.advertisedPorts = proxies.map(\.port)
        configuration.listeners = [proxied]
        let cluster = try await Cluster.launch(configuration, on: Brokers.distribution)
        for (proxy, broker) in zip(proxies, cluster.brokers) {
            proxy.forward(to: cluster.port(listener: "PROXIED", broker: broker.id))
        }
        return FaultCluster(cluster: cluster, proxies: proxies)
    }

    func destroy() async {
        for proxy in proxies { proxy.stop() }
        await cluster.destroy()
    }

    /// The brokers themselves.
    var servers: [String] { cluster.bootstrapServers() }
    /// The brokers behind the proxies.
    var proxiedServers: [String] { proxies.map { "127.0.0.1:\($0.port)" } }

    /// The broker that leads a partition.
    func leader(of topic: String, partition: Int32 = 0) async throws -> Node {
        let state = try await Topics(on: servers).state(of: topic)
        let id = try #require(state.partitions.first { $0.partition == partition }?.leader)
        return try #require(cluster.brokers.first { $0.id == id }, "partition \(partition) of \(topic) has no leader")
    }

    /// Freezes the leader of a partition for 4 s, and until another broker leads it: longer than the cluster waits for it
    /// (3 s, more on a busy machine).
    func freezeLeader(
        of topic: String,
        partition: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let frozen = try await leader(of: topic, partition: partition)
        try await frozen.pause()
        try await Task.sleep(for: .seconds(4))
        try await eventually("another broker leads \(topic)", sourceLocation: sourceLocation) {
            let state = try? await Topics(on: servers).state(of: topic)
            guard let now = state?.partitions.first(where: { $0.partition == partition }) else { return false }
            return now.leader > 0 && now.leader != frozen.id
        }
        try await frozen.resume()
    }

    /// Waits until every broker is in sync for every partition.
    func waitUntilInSync(_ topic: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await cluster.waitUntilReady()
        try await eventually("all replicas of \(topic) are in sync", sourceLocation: sourceLocation) {
            let state = try? await Topics(on: servers).state(of: topic)
            return state?.partitions.allSatisfy { $0.inSync == [1, 2, 3] && $0.leader > 0 } ?? false
        }
    }
}

/// Gives a suite a ``FaultCluster`` for its length.
struct FaultClusterTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing body: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let cluster = try await FaultCluster.launch()
        do {
            try await FaultCluster.$current.withValue(cluster) { try await body() }
        } catch {
            await cluster.destroy()
            throw error
        }
        await cluster.destroy()
    }
}

extension Trait where Self == FaultClusterTrait {
    static var faultCluster: Self { FaultClusterTrait() }
}
