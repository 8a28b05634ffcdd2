// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// Walks from the properties to the answer of a broker, and says where it stops and what to do.
struct ConfigurationCheck: Sendable {
    let client: ClientOptions
    let timeout: Duration

    /// Writes each line as soon as it is known; returns how it went.
    func run(_ write: (String) throws(ToolError) -> Void) async throws(ToolError) -> ExitStatus {
        let resolved = try await client.resolve()
        try write("\(Self.row("configuration", "ok", origin))\n")
        for line in resolved.advice + resolved.configuration.warnings { try write(Self.row("", "note", line) + "\n") }
        var status = ExitStatus.success
        var reached: ConnectionProbe.Result?
        for server in resolved.configuration.bootstrapServers {
            let result = await probe(server, resolved.configuration)
            try write(try await text(result, resolved.configuration))
            status = max(status, Self.status(of: result))
            if result.metadata != nil { reached = reached ?? result }
        }
        guard let metadata = reached?.metadata else { return status }
        // Clients talk to the addresses that brokers advertise, whatever they were told to begin with.
        let known = Set(resolved.configuration.bootstrapServers)
        for broker in metadata.brokers where !known.contains(broker.address) {
            let result = await probe(broker.address, resolved.configuration)
            if result.metadata != nil {
                try write("\(printable(broker.address)), as broker \(broker.id) is advertised: ok\n")
            } else {
                try write(try await text(result, resolved.configuration))
                let advice =
                    "broker \(broker.id) is advertised so: if it is not reachable from here, change advertised.listeners"
                try write(Self.row("", "", advice) + "\n")
                status = max(status, Self.status(of: result))
            }
        }
        return status
    }

    /// Where the properties are from.
    private var origin: String {
        var parts: [String] = []
        if let file = client.file {
            parts.append(printable(file.path) + (client.profile.map { " [\(printable($0))]" } ?? ""))
        }
        let variables = client.environment.keys.filter { $0.hasPrefix("KPROD_") || $0 == "KAFKA_BOOTSTRAP_SERVERS" }
        parts += variables.sorted().map { printable($0) }
        if !client.given.names.isEmpty { parts.append("command line") }
        return parts.isEmpty ? "defaults" : parts.joined(separator: ", ")
    }

    private func probe(
        _ server: String,
        _ configuration: AsyncProducer.Configuration
    ) async -> ConnectionProbe.Result {
        await ConnectionProbe(server: server, configuration: configuration, timeout: timeout).run()
    }

    // MARK: Text

    private func text(
        _ result: ConnectionProbe.Result,
        _ configuration: AsyncProducer.Configuration
    ) async throws(ToolError) -> String {
        var lines = [printable(result.server)]
        if let obstacle = result.obstacle {
            lines.append(Self.row(obstacle.rawValue, "FAILED", result.reason?.message ?? ""))
            lines.append(Self.row("", "", Self.nextStep(after: obstacle)))
            return lines.joined(separator: "\n") + "\n"
        }
        let stop = result.steps.stoppedAt
        for step in result.steps.steps {
            if step == stop {
                lines.append(Self.row(step.rawValue, "FAILED", result.reason?.message ?? "no answer"))
                if step == .tls, let peer = await peer(result.server) { lines.append(Self.row("", "", peer)) }
                lines.append(Self.row("", "", Self.nextStep(after: step)))
                break
            }
            lines.append(Self.row(step.rawValue, "ok", await detail(step, result, configuration)))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func detail(
        _ step: ConnectionSteps.Step,
        _ result: ConnectionProbe.Result,
        _ configuration: AsyncProducer.Configuration
    ) async -> String {
        switch step {
        case .resolve: return printable(result.steps.address ?? "")
        case .connect: return ""
        case .tls: return await peer(result.server) ?? "(the openssl command would show the certificate)"
        case .sasl: return printable(configuration.security.sasl?.description ?? "")
        case .metadata:
            guard let metadata = result.metadata else { return "" }
            let cluster = metadata.clusterID.map { "cluster \(printable($0)), " } ?? ""
            return "\(cluster)brokers: \(metadata.brokers.count), topics: \(metadata.topics.count)"
        }
    }

    private func peer(_ server: String) async -> String? {
        await PeerCertificate.fetch(from: server, timeout: timeout)?.text(at: Date())
    }

    private static func row(_ name: String, _ state: String, _ detail: String) -> String {
        TextTable([name.isEmpty ? "" : "  \(name)", state, detail], minimum: [17, 6], rows: []).text
            .trimmingCharacters(in: .newlines)
    }

    private static func nextStep(after obstacle: ConnectionProbe.Obstacle) -> String {
        switch obstacle {
        case .configuration: "check the property; kprod config list shows what each can be"
        case .tls: "check that the files of -X ssl.* are there, can be read, and belong together"
        case .sasl: "check -X sasl.mechanism and what it needs; this client has what kprod config list says"
        }
    }

    private static func nextStep(after step: ConnectionSteps.Step) -> String {
        switch step {
        case .resolve: "check the name, and that this machine's name server knows it"
        case .connect: "check the port, that the broker is up, and firewalls in between"
        case .tls: "check that this port speaks TLS, ssl.ca.location, and the dates and names of the certificate"
        case .sasl: "check sasl.mechanism, sasl.username and sasl.password, and which mechanisms the listener has"
        case .metadata: "check that this is a port of Kafka, and that security.protocol is the listener's"
        }
    }

    private static func status(of result: ConnectionProbe.Result) -> ExitStatus {
        if let status = result.reason?.status, status != .unavailable { return status }
        switch result.steps.stoppedAt {
        case nil: return .success
        case .sasl?: return .refused
        case .tls?: return .configuration
        default: return .unavailable
        }
    }
}
