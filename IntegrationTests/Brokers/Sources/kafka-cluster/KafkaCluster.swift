// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation

/// `kafka-cluster`: real brokers for as long as standard input is open, as `kprod mock` is mock ones.
///
/// Prints `BROKERS=host:port,...` when all of them serve. `freeze ID` and `thaw ID` on standard input make the network
/// in front of a broker pass nothing, and pass it all again.
@main
struct KafkaCluster {
    static func main() async {
        do {
            let options = try Options(arguments: Array(CommandLine.arguments.dropFirst()))
            guard case .distribution(let distribution) = try BrokerSource.find(in: options.environment) else {
                throw LaunchError("no broker to start: set KAFKA_HOME to a Kafka download")
            }
            try await serve(options, distribution)
        } catch {
            FileHandle.standardError.write(Data("kafka-cluster: \(error)\n".utf8))
            exit(1)
        }
    }

    private static func serve(_ options: Options, _ distribution: KafkaDistribution) async throws {
        var configuration = ClusterConfiguration(brokers: options.brokers)
        configuration.isForMeasuring = true
        configuration.properties = properties
        let proxies = try options.delay.map { delay in
            try (0..<options.brokers).map { _ in
                let proxy = try TCPProxy()
                proxy.behave { $0.delay = delay }
                return proxy
            }
        }
        if let proxies {
            var listener = ClusterConfiguration.Listener("PROXIED", .plaintext)
            listener.advertisedPorts = proxies.map(\.port)
            configuration.listeners = [listener]
        }
        try await Cluster.withCluster(configuration, on: distribution) { cluster in
            for (proxy, broker) in zip(proxies ?? [], cluster.brokers) {
                proxy.forward(to: cluster.port(listener: "PROXIED", broker: broker.id))
            }
            let servers = proxies?.map { "127.0.0.1:\($0.port)" } ?? cluster.bootstrapServers()
            FileHandle.standardOutput.write(Data("BROKERS=\(servers.joined(separator: ","))\n".utf8))
            for await line in lines() { hear(line, proxies ?? []) }
        }
    }

    /// One copy of each partition, and no more on the disk than what is written in a while.
    private static let properties = [
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "log.retention.bytes": "268435456",
        "log.segment.bytes": "134217728",
        "log.retention.check.interval.ms": "10000",
        "log.segment.delete.delay.ms": "1000",
    ]

    private static func hear(_ line: String, _ proxies: [TCPProxy]) {
        let words = line.split(separator: " ")
        guard words.count == 2, ["freeze", "thaw"].contains(words[0]), let id = Int(words[1]),
            proxies.indices.contains(id - 1)
        else {
            FileHandle.standardError.write(
                Data("kafka-cluster: \"\(line)\": freeze ID or thaw ID, behind proxies\n".utf8)
            )
            return
        }
        let isFrozen = words[0] == "freeze"
        proxies[id - 1].behave { $0.isFrozen = isFrozen }
    }

    /// Standard input, read by a thread of its own because that blocks.
    private static func lines() -> AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
        }
    }
}

/// `[--brokers N] [--delay MS]`: with a delay, even one of 0, proxies stand in front of the brokers.
private struct Options {
    var brokers = 1
    /// How long bytes are under way, in each direction.
    var delay: Duration?

    /// Brokers that run already are somebody else's business.
    var environment: [String: String] {
        ProcessInfo.processInfo.environment.filter { $0.key != "KAFKA_BOOTSTRAP_SERVERS" }
    }

    init(arguments: [String]) throws {
        for index in stride(from: 0, to: arguments.count, by: 2) {
            let value = index + 1 < arguments.count ? arguments[index + 1] : ""
            switch arguments[index] {
            case "--brokers":
                guard let count = Int(value), count > 0 else {
                    throw LaunchError("--brokers \(value): a number above 0")
                }
                brokers = count
            case "--delay":
                guard let milliseconds = Double(value), milliseconds >= 0 else {
                    throw LaunchError("--delay \(value): milliseconds")
                }
                delay = .milliseconds(milliseconds)
            default: throw LaunchError("\(arguments[index]) is not known: --brokers N, --delay MS")
            }
        }
    }
}
