// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the nodes of a cluster are, and what each is told.
struct ClusterPlan: Sendable {
    /// The launcher's own listener.
    static let launcherListener = "LAUNCHER"

    let configuration: ClusterConfiguration
    let folder: URL
    /// The ports of each broker by the name of the listener.
    private(set) var brokerPorts: [[String: UInt16]] = []
    /// The nodes that are controllers.
    private(set) var controllers: [(id: Int, port: UInt16)] = []

    init(_ configuration: ClusterConfiguration, folder: URL) throws {
        self.configuration = configuration
        self.folder = folder
        let names = [Self.launcherListener] + configuration.listeners.map(\.name)
        let controllerCount = configuration.hasOwnController ? 1 : configuration.brokers
        var ports = try FreePorts.take(configuration.brokers * names.count + controllerCount)
        for _ in 0..<configuration.brokers {
            brokerPorts.append(Dictionary(uniqueKeysWithValues: names.map { ($0, ports.removeLast()) }))
        }
        let first = configuration.hasOwnController ? configuration.brokers + 1 : 1
        controllers = (first..<first + controllerCount).map { ($0, ports.removeLast()) }
    }

    /// Brokers are numbered from 1; a controller of its own comes last.
    var nodeIDs: [Int] { Array(1...configuration.brokers + (configuration.hasOwnController ? 1 : 0)) }

    func isBroker(_ id: Int) -> Bool { id <= configuration.brokers }

    func folder(of id: Int) -> URL { folder.appending(path: "node-\(id)") }

    /// Whether the node's data are on a small disk of its own.
    func diskSize(of id: Int) -> String? { id == 1 ? configuration.firstBrokerDiskSize : nil }

    func dataFolder(of id: Int) -> URL { folder(of: id).appending(path: "data") }

    /// `server.properties` of a node.
    func properties(of id: Int) -> String {
        var properties = defaults
        let controllerPort = controllers.first { $0.id == id }?.port
        properties["process.roles"] = [isBroker(id) ? "broker" : nil, controllerPort == nil ? nil : "controller"]
            .compactMap { $0 }.joined(separator: ",")
        properties["node.id"] = String(id)
        properties["metadata.log.dir"] = folder(of: id).appending(path: "metadata").path
        properties["log.dirs"] = dataFolder(of: id).path
        var listeners: [String] = []
        var advertised: [String] = []
        if isBroker(id) {
            let ports = brokerPorts[id - 1]
            func add(_ name: String, host: String, advertisedPort: UInt16?) {
                guard let port = ports[name] else { return }
                listeners.append("\(name)://127.0.0.1:\(port)")
                advertised.append("\(name)://\(host):\(advertisedPort ?? port)")
            }
            add(Self.launcherListener, host: "127.0.0.1", advertisedPort: nil)
            for listener in configuration.listeners {
                add(listener.name, host: listener.advertisedHost, advertisedPort: listener.advertisedPorts?[id - 1])
            }
            properties["advertised.listeners"] = advertised.joined(separator: ",")
        }
        if let controllerPort { listeners.append("CONTROLLER://127.0.0.1:\(controllerPort)") }
        properties["listeners"] = listeners.joined(separator: ",")
        properties.merge(configuration.properties) { $1 }
        return properties.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.replacing("\\", with: "\\\\").replacing("\n", with: "\\\n"))\n" }.joined()
    }

    /// What all nodes have in common.
    private var defaults: [String: String] {
        let replicas = String(min(3, configuration.brokers))
        let inSync = configuration.brokers >= 3 ? "2" : "1"
        var properties = [
            "controller.quorum.voters": controllers.map { "\($0.id)@127.0.0.1:\($0.port)" }.joined(separator: ","),
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": Self.launcherListener,
            "listener.security.protocol.map":
                ([Self.launcherListener, "CONTROLLER"].map { "\($0):PLAINTEXT" }
                + configuration.listeners.map { "\($0.name):\($0.securityProtocol.rawValue)" }).joined(separator: ","),
            "auto.create.topics.enable": "false",
            "default.replication.factor": replicas,
            "min.insync.replicas": inSync,
            "offsets.topic.replication.factor": replicas,
            "offsets.topic.num.partitions": "1",
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": inSync,
            "transaction.state.log.num.partitions": "1",
            "group.initial.rebalance.delay.ms": "0",
            // A killed broker is noticed in 3 s instead of 9, a replica that lags in 5 s instead of 30.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            "replica.lag.time.max.ms": "5000",
            "log.cleaner.enable": "false",
        ]
        for listener in configuration.listeners {
            for (name, value) in listener.properties {
                properties["listener.name.\(listener.name.lowercased()).\(name)"] = value
            }
        }
        return properties
    }
}
