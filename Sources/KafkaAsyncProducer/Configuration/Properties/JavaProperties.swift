// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Properties that only the Java client has, put into librdkafka's words.
struct JavaProperties {
    typealias Entry = AsyncProducer.Configuration.Properties.Entry

    /// In librdkafka's words.
    private(set) var entries: [Entry] = []
    /// What was left out, and why.
    private(set) var notes: [String] = []
    let given: [String: Entry]
    /// Whether this librdkafka was built to fetch tokens itself.
    let fetchesTokens: Bool

    /// Translates, in order. What librdkafka knows by the same name passes through.
    init(
        _ properties: AsyncProducer.Configuration.Properties,
        fetchesTokens: Bool = Self.librdkafkaFetchesTokens
    ) throws(KafkaError) {
        self.fetchesTokens = fetchesTokens
        given = Dictionary(properties.entries.map { ($0.canonicalName, $0) }) { $1 }
        for entry in properties.entries { try translate(entry) }
        // Librdkafka has to be told that the endpoint is to be used.
        if let endpoint = given["sasl.oauthbearer.token.endpoint.url"], given["sasl.oauthbearer.method"] == nil,
            fetchesTokens
        {
            add("sasl.oauthbearer.method", "oidc", endpoint)
        }
    }

    /// What this librdkafka says of itself.
    private static let librdkafkaFetchesTokens =
        ClientProperties().value(of: "builtin.features")?.split(separator: ",").contains("oidc") == true

    private mutating func translate(_ entry: Entry) throws(KafkaError) {
        if !PropertyTable.names.contains(entry.canonicalName),
            let reason = JavaNames.reasonToIgnore(entry.canonicalName)
        {
            note(entry, reason)
            return
        }
        switch entry.canonicalName {
        case "partitioner.class": add("partitioner", try Self.partitioner(entry), entry)
        case "config.providers": try refuseReferences(to: entry)
        case "transaction.two.phase.commit.enable":
            if entry.value.lowercased() != "false" { throw entry.failure("librdkafka has no two-phase commit") }
        case "connections.max.idle.ms": add(entry.name, entry.value == "-1" ? "0" : entry.value, entry)
        case "socket.send.buffer.bytes", "socket.receive.buffer.bytes":
            // Java's word for what the system chooses.
            add(entry.canonicalName, entry.value == "-1" ? "0" : entry.value, entry)
        case "compression.gzip.level", "compression.lz4.level", "compression.zstd.level":
            try translateLevel(entry)
        case "sasl.jaas.config":
            for (name, value) in try JAASConfiguration(entry, fetchesTokens: fetchesTokens).properties {
                add(name, value, entry)
            }
        case "sasl.kerberos.kinit.cmd" where !entry.value.contains(where: \.isWhitespace):
            // Java's is a program, librdkafka's a command line.
            note(entry, "librdkafka's own command gets the ticket")
        case "sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.scope",
            "sasl.oauthbearer.client.credentials.client.id", "sasl.oauthbearer.client.credentials.client.secret":
            if fetchesTokens {
                add(entry.canonicalName.replacing("client.credentials.", with: ""), entry.value, entry)
            } else {
                note(entry, "this librdkafka was built without OIDC: the token closure fetches tokens")
            }
        case "ssl.cipher.suites": translateSuites(entry)
        case "ssl.endpoint.identification.algorithm": add(entry.name, entry.value.isEmpty ? "none" : entry.value, entry)
        case "ssl.truststore.location": add("ssl.ca.location", try trustStore(entry), entry)
        case "ssl.truststore.certificates": add("ssl.ca.pem", Self.withLines(entry.value), entry)
        case "ssl.truststore.type", "ssl.keystore.type": try checkType(entry)
        case "ssl.truststore.password": note(entry, "certificates in PEM have no password")
        case "ssl.keystore.location": try addKeyStore(entry)
        case "ssl.keystore.key": add("ssl.key.pem", Self.withLines(entry.value), entry)
        case "ssl.keystore.certificate.chain": add("ssl.certificate.pem", Self.withLines(entry.value), entry)
        default: add(entry.canonicalName, entry.value, entry)
        }
    }

    mutating func add(_ name: String, _ value: String, _ origin: Entry) {
        entries.append(Entry(name: name, value: value, source: origin.source))
    }

    mutating func remove(_ name: String) { entries.removeAll { $0.name == name } }

    mutating func note(_ entry: Entry, _ reason: String) {
        notes.append("\(entry.place): ignored, \(reason)")
    }

    private static func partitioner(_ entry: Entry) throws(KafkaError) -> String {
        switch entry.value.split(separator: ".").last {
        case "DefaultPartitioner": return "murmur2_random"
        case "UniformStickyPartitioner": return "random"
        case "RoundRobinPartitioner":
            throw entry.failure(
                "librdkafka has no name for it; leave it out and set partitioning = .roundRobin in code"
            )
        default:
            throw entry.failure("the class cannot be loaded; write partitioner=murmur2_random for Java's default")
        }
    }

    /// `${PROVIDER:…}` is not taken for a value: as a password it would be sent to the broker.
    private mutating func refuseReferences(to providers: Entry) throws(KafkaError) {
        for provider in providers.value.split(separator: ",") {
            let start = "${\(provider.filter { !$0.isWhitespace }):"
            for entry in given.values.sorted(by: { $0.name < $1.name }) where entry.value.contains(start) {
                throw entry.failure(
                    "only the Java client asks config.providers: write the value, or set it in the environment or the program"
                )
            }
        }
        note(providers, "nothing refers to it")
    }

    // MARK: Compression

    /// Java has a level for each codec, librdkafka one for the codec in use.
    private mutating func translateLevel(_ entry: Entry) throws(KafkaError) {
        let codec = entry.canonicalName.split(separator: ".")[1]
        guard let level = Int(entry.value) else { throw entry.failure("write a plain number") }
        let used = given["compression.codec"]?.value.lowercased() ?? "none"
        guard used == codec else {
            note(entry, "compression.type is \(printable(used, limit: 20))")
            return
        }
        // Java's default of LZ4 stands for its fast compressor, as librdkafka's does.
        if codec == "gzip" && level == -1 || codec == "lz4" && level == 9 { return }
        let known = codec == "gzip" ? 1...9 : 1...12
        let nearest = min(max(level, known.lowerBound), known.upperBound)
        if nearest != level {
            notes.append(
                "\(entry.place): librdkafka's levels of \(codec) are \(known.lowerBound) to \(known.upperBound): \(nearest) is used"
            )
        }
        add("compression.level", String(nearest), entry)
    }

    // MARK: TLS

    /// OpenSSL's names for what the standards call `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`.
    private mutating func translateSuites(_ entry: Entry) {
        let suites = entry.value.split { $0 == "," || $0 == ":" }.map { $0.filter { !$0.isWhitespace } }
        guard suites.contains(where: { $0.hasPrefix("TLS_") }) else {
            add(entry.name, entry.value, entry)
            return
        }
        let names = suites.compactMap { $0.hasPrefix("TLS_") ? Self.openSSLName($0) : $0 }
        if names.count < suites.count {
            note(entry, "OpenSSL chooses the suites of TLS 1.3 itself")
        }
        if !names.isEmpty { add(entry.name, names.joined(separator: ":"), entry) }
    }

    /// Nil for a suite of TLS 1.3, whose names say nothing of keys.
    private static func openSSLName(_ name: String) -> String? {
        let parts = name.dropFirst("TLS_".count).split(separator: "_WITH_", maxSplits: 1).map { String($0) }
        guard parts.count == 2 else { return nil }
        let keys = parts[0] == "RSA" ? "" : parts[0].replacing("_", with: "-") + "-"
        let cipher = parts[1].replacing("AES_", with: "AES").replacing("_CBC", with: "")
            .replacing("POLY1305_SHA256", with: "POLY1305").replacing("_", with: "-")
        return keys + cipher
    }
}

extension AsyncProducer.Configuration.Properties.Entry {
    /// The name with where it was given.
    var place: String {
        let name = PropertyName.shown(name)
        return source.map { $0 == name ? name : "\($0): \(name)" } ?? name
    }

    func failure(_ message: String) -> KafkaError { KafkaError(.invalidConfiguration, "\(place): \(message)") }
}
