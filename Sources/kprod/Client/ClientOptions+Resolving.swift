// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension ClientOptions {
    /// What the client is made with, and how long a record may be.
    struct Resolved {
        var configuration: AsyncProducer.Configuration
        let recordLimit: Int
        /// What should be said of where things were found, a line each.
        let advice: [String]

        /// The servers, as they are called in messages.
        var servers: String { printable(configuration.bootstrapServers.joined(separator: ",")) }
    }

    /// Reads the file and the secrets, and puts everything together.
    ///
    /// Servers must be named, unless all that is wanted is a look at the properties.
    func resolve(needsServers: Bool = true) async throws(ToolError) -> Resolved {
        var (properties, advice) = try await merged()
        if needsServers, properties["bootstrap.servers"] == nil {
            throw .usage("option -b/--brokers is missing; name a broker such as localhost:9092")
        }
        let creates = properties["allow.auto.create.topics"]
        if creation == .never || creation == .unlessConfigured && creates == nil {
            properties["allow.auto.create.topics"] = "false"
        }
        try await resolveSecrets(&properties)
        var configuration: AsyncProducer.Configuration
        do throws(KafkaError) {
            configuration = try AsyncProducer.Configuration(properties)
        } catch {
            throw ToolError(.configuration, ClientWords.ofCommand(error.message))
        }
        advice += configuration.notes.map { ClientWords.ofCommand($0) }
        // Java's max.block.ms would fail records for which there is no room yet; here they are simply read later.
        configuration.buffering.admissionDeadline = nil
        let clientLimit = configuration.delivery.maximumMessageBytes
        if let recordLimit { configuration.delivery.maximumMessageBytes = max(recordLimit, clientLimit) }
        return Resolved(
            configuration: configuration,
            recordLimit: recordLimit ?? clientLimit,
            advice: advice.map { printable($0, limit: 500) }
        )
    }

    /// All properties as they were given, and what should be said of them.
    func merged() async throws(ToolError) -> (properties: Properties, advice: [String]) {
        var advice: [String] = []
        var properties = defaults
        if let file {
            let stored = try await file.read(profile: profile)
            if file.isReadableByAll, stored.names.contains(where: { Self.isLiteral($0, in: stored) }) {
                let path = printable(file.path)
                advice.append("\(path) holds a secret and every user of this machine may read it: chmod 600 \(path)")
            }
            properties.merge(stored)
        }
        let variables = environmentProperties()
        properties.merge(variables)
        advice += strangeVariables(besides: variables)
        properties.merge(given)
        let exposed = given.names.filter { Self.isLiteral($0, in: given) }
        if warnsOfSecrets, !exposed.isEmpty {
            advice.append(
                "\(exposed.joined(separator: ", ")) on the command line can be read by every user of this machine; "
                    + "write NAME=@FILE, NAME=env:VARIABLE or NAME=fd:3, or use a file (-F)"
            )
        }
        return (properties, advice)
    }

    /// Whether a secret stands there in full.
    private static func isLiteral(_ name: String, in properties: Properties) -> Bool {
        guard SecretReference.isConfidential(name), let value = properties[name], !value.isEmpty else { return false }
        guard let reference = try? SecretReference(value), case .literal = reference else { return false }
        return true
    }

    /// `KPROD_` and a property, `KPROD_BROKERS`, and Kafka's own `KAFKA_BOOTSTRAP_SERVERS`.
    private func environmentProperties() -> Properties {
        let servers = environment.filter { $0.key == "KAFKA_BOOTSTRAP_SERVERS" }
        var properties = Properties(environment: servers)
        properties.merge(Properties(environment: environment, prefix: "KPROD_"))
        if let brokers = environment["KPROD_BROKERS"], !brokers.isEmpty {
            properties.set("bootstrap.servers", to: brokers, source: "KPROD_BROKERS")
        }
        return properties
    }

    /// A mistyped variable would be the default without a word; but others may have variables that begin so, and
    /// Kubernetes has them for every service whose name does.
    private func strangeVariables(besides properties: Properties) -> [String] {
        let taken = Set(properties.names.compactMap { properties.source(of: $0) })
        let own: Set = ["KPROD_CONFIG", "KPROD_PROFILE", "KPROD_BROKERS"]
        let known = AsyncProducer.Configuration.knownProperties.map(\.name)
        return environment.filter { !$0.value.isEmpty }.keys.sorted().compactMap { variable in
            guard variable.hasPrefix("KPROD_"), !own.contains(variable), !taken.contains(variable),
                !Self.isOfKubernetes(variable)
            else { return nil }
            let name = variable.dropFirst("KPROD_".count).lowercased().replacing("_", with: ".")
            let hint = Suggestion.nearest(to: name, in: known).map { nearest in
                "; did you mean KPROD_\(nearest.uppercased().replacing(".", with: "_"))?"
            }
            return "\(printable(variable)) is ignored: librdkafka has no property \(printable(name))\(hint ?? "")"
        }
    }

    /// `…_SERVICE_HOST`, `…_SERVICE_PORT[_NAME]`, `…_PORT`, `…_PORT_80_TCP[_ADDR]`.
    private static func isOfKubernetes(_ variable: String) -> Bool {
        variable.wholeMatch(of: /KPROD_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)?)/)
            != nil
    }

    // MARK: Secrets

    private func resolveSecrets(_ properties: inout Properties) async throws(ToolError) {
        for name in properties.names where SecretReference.applies(to: name) {
            guard let text = properties[name] else { continue }
            let source = properties.source(of: name)
            do throws(OptionValue.Invalid) {
                let reference = try SecretReference(text)
                if case .literal(text) = reference { continue }
                let value = try await value(of: reference, name)
                properties.set(name, to: value, source: source)
            } catch {
                throw ToolError(.configuration, "\(source ?? "configuration"): \(name) \(error.reason)")
            }
        }
        if properties["sasl.username"] != nil, properties["sasl.password"] == nil,
            properties["sasl.jaas.config"] == nil,
            let password = await ask("sasl.password")
        {
            properties.set("sasl.password", to: password, source: "terminal")
        }
    }

    private func value(
        of reference: SecretReference,
        _ name: String
    ) async throws(OptionValue.Invalid) -> String {
        if reference == .prompt, let secret = await ask(name) { return secret }
        return try await reference.value(environment)
    }

    private func ask(_ name: String) async -> String? {
        mayAsk ? await SecretPrompt.ask("\(name): ") : nil
    }
}
