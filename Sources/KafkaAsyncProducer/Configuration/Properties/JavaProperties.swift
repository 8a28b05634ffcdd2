// SPDX-License-Identifier: Apache-2.0

/// Properties that only the Java client has, put into librdkafka's words. Pure.
struct JavaProperties {
    typealias Entry = AsyncProducer.Configuration.Properties.Entry

    /// In librdkafka's words.
    private(set) var entries: [Entry] = []
    /// What was left out, and why.
    private(set) var notes: [String] = []
    private let given: [String: Entry]

    /// Translates, in order. What librdkafka knows by the same name passes through.
    init(_ properties: AsyncProducer.Configuration.Properties) throws(KafkaError) {
        given = Dictionary(properties.entries.map { ($0.canonicalName, $0) }) { $1 }
        for entry in properties.entries { try translate(entry) }
    }

    /// Whether it is a name of the Java client's that means something here, be it only a note.
    static func isKnown(_ name: String) -> Bool {
        translated.contains(name) || ignored[name] != nil
    }

    /// Those that ``translate(_:)`` changes.
    private static let translated: Set<String> = [
        "buffer.memory", "max.block.ms", "max.request.size", "send.buffer.bytes", "receive.buffer.bytes",
        "partitioner.class", "sasl.jaas.config", "ssl.endpoint.identification.algorithm", "ssl.truststore.type",
        "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.certificates", "ssl.keystore.type",
        "ssl.keystore.location", "ssl.keystore.key", "ssl.keystore.certificate.chain",
    ]

    private static let ignored: [String: String] = {
        let java = "it concerns the Java client only"
        let list = [
            "key.serializer", "value.serializer", "interceptor.classes", "metric.reporters", "metrics.num.samples",
            "metrics.recording.level", "metrics.sample.window.ms", "auto.include.jmx.reporter", "enable.metrics.push",
            "security.providers", "ssl.provider", "ssl.keymanager.algorithm", "ssl.trustmanager.algorithm",
            "ssl.secure.random.implementation", "ssl.engine.factory.class", "sasl.login.class",
            "sasl.client.callback.handler.class", "sasl.login.callback.handler.class",
        ]
        var ignored = Dictionary(uniqueKeysWithValues: list.map { ($0, java) })
        ignored["ssl.protocol"] = "OpenSSL agrees on the version of TLS with the broker"
        ignored["ssl.enabled.protocols"] = ignored["ssl.protocol"]
        ignored["client.dns.lookup"] = "every address of a name is tried"
        ignored["metadata.max.idle.ms"] = "topics are remembered for as long as the producer lives"
        ignored["retry.backoff.max.ms"] = "librdkafka 2.0.2 always waits retry.backoff.ms"
        ignored["socket.connection.setup.timeout.max.ms"] =
            "librdkafka has one time-out, socket.connection.setup.timeout.ms"
        ignored["partitioner.adaptive.partitioning.enable"] = "librdkafka does not watch how fast partitions are"
        ignored["partitioner.availability.timeout.ms"] = ignored["partitioner.adaptive.partitioning.enable"]
        ignored["partitioner.ignore.keys"] = "send keyed messages without their key, or name the partition"
        for name in ["buffer.seconds", "connect.timeout.ms", "read.timeout.ms", "retry.backoff.ms"] {
            ignored["sasl.login.\(name)"] = "the token closure decides"
        }
        for name in [
            "refresh.window.factor", "refresh.window.jitter", "refresh.min.period.seconds", "refresh.buffer.seconds",
        ] {
            ignored["sasl.login.\(name)"] = "a token is refreshed at 80 % of its life"
        }
        for name in ["ticket.renew.window.factor", "ticket.renew.jitter"] {
            ignored["sasl.kerberos.\(name)"] = java
        }
        return ignored
    }()

    // MARK: Translation

    private mutating func translate(_ entry: Entry) throws(KafkaError) {
        if let reason = Self.ignored[entry.name] {
            note(entry, reason)
            return
        }
        switch entry.name {
        case "partitioner.class": add("partitioner", try Self.partitioner(entry), entry)
        case "ssl.endpoint.identification.algorithm": add(entry.name, entry.value.isEmpty ? "none" : entry.value, entry)
        case "send.buffer.bytes", "receive.buffer.bytes":
            // Java's word for what the system chooses.
            add("socket.\(entry.name)", entry.value == "-1" ? "0" : entry.value, entry)
        case "sasl.jaas.config":
            for (name, value) in try JAASConfiguration(entry).properties { add(name, value, entry) }
        case "ssl.truststore.location": add("ssl.ca.location", try trustStore(entry), entry)
        case "ssl.truststore.certificates": add("ssl.ca.pem", entry.value, entry)
        case "ssl.truststore.type", "ssl.keystore.type": try checkType(entry)
        case "ssl.truststore.password": note(entry, "certificates in PEM have no password")
        case "ssl.keystore.location": try addKeyStore(entry)
        case "ssl.keystore.key": add("ssl.key.pem", entry.value, entry)
        case "ssl.keystore.certificate.chain": add("ssl.certificate.pem", entry.value, entry)
        default: add(entry.canonicalName, entry.value, entry)
        }
    }

    private mutating func add(_ name: String, _ value: String, _ origin: Entry) {
        entries.append(Entry(name: name, value: value, source: origin.source))
    }

    private mutating func note(_ entry: Entry, _ reason: String) {
        notes.append("\(entry.place): ignored, \(reason)")
    }

    private static func partitioner(_ entry: Entry) throws(KafkaError) -> String {
        switch entry.value.split(separator: ".").last {
        case "DefaultPartitioner": return "murmur2_random"
        case "UniformStickyPartitioner": return "random"
        default:
            throw entry.failure("the class cannot be loaded; write partitioner=murmur2_random for Java's default")
        }
    }

    // MARK: Stores

    private enum StoreType: String {
        case pem = "PEM"
        case pkcs12 = "PKCS12"
        case jks = "JKS"
    }

    /// As it is said, or by the name of the file. Java's own default, JKS, reads PKCS12 as well.
    private func type(of store: String, at location: Entry) throws(KafkaError) -> StoreType? {
        if let said = given["ssl.\(store).type"] {
            let type = StoreType(rawValue: said.value.uppercased())
            if type != .jks || location.value.lowercased().hasSuffix(".jks") { return type }
        }
        switch location.value.lowercased().split(separator: ".").last {
        case "pem", "crt", "cer", "key": return .pem
        case "p12", "pfx", "pkcs12": return .pkcs12
        case "jks": return .jks
        default: return nil
        }
    }

    private func checkType(_ entry: Entry) throws(KafkaError) {
        guard StoreType(rawValue: entry.value.uppercased()) == nil else { return }
        throw entry.failure("the type cannot be read; use PEM or PKCS12")
    }

    private func trustStore(_ entry: Entry) throws(KafkaError) -> String {
        switch try type(of: "truststore", at: entry) {
        case .pem: return entry.value
        case .jks:
            throw entry.failure(
                "librdkafka cannot read JKS; write the certificates as PEM with keytool -exportcert -rfc "
                    + "-keystore FILE -alias NAME -file ca.pem, and set ssl.ca.location"
            )
        case .pkcs12:
            throw entry.failure(
                "librdkafka cannot take certificates of authorities from PKCS12; write them as PEM with "
                    + "openssl pkcs12 -in FILE -nokeys -out ca.pem, and set ssl.ca.location"
            )
        case nil: throw entry.failure("set ssl.truststore.type=PEM, or ssl.ca.location; JKS and PKCS12 cannot be read")
        }
    }

    private mutating func addKeyStore(_ entry: Entry) throws(KafkaError) {
        switch try type(of: "keystore", at: entry) {
        case .pem:
            // One file with both, which OpenSSL reads twice.
            add("ssl.certificate.location", entry.value, entry)
            add("ssl.key.location", entry.value, entry)
            if let password = given["ssl.keystore.password"] {
                note(password, "the password of a key in PEM is ssl.key.password")
                entries.removeAll { $0.name == "ssl.keystore.password" }
            }
        case .jks:
            throw entry.failure(
                "librdkafka cannot read JKS; convert it with keytool -importkeystore -srckeystore FILE "
                    + "-destkeystore client.p12 -deststoretype PKCS12, and set ssl.keystore.location=client.p12"
            )
        // Librdkafka's own property of that name takes PKCS12.
        case .pkcs12, nil: add(entry.name, entry.value, entry)
        }
    }
}

extension AsyncProducer.Configuration.Properties.Entry {
    /// The name with where it was given.
    var place: String {
        let name = printable(name, limit: 80)
        return source.map { $0 == name ? name : "\($0): \(name)" } ?? name
    }

    func failure(_ message: String) -> KafkaError { KafkaError(.invalidConfiguration, "\(place): \(message)") }
}
