// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Checks a configuration in words before librdkafka sees it, and what librdkafka made of it after.
extension AsyncProducer.Configuration {
    /// What `rd_kafka_new` takes, or what is wrong. Blocks.
    func makeProperties() throws(KafkaError) -> ClientProperties {
        try checkServers()
        var properties = try makePropertiesWithoutServers()
        try checkCertificateFiles()
        try checkConflicts(properties)
        let codecs = CodecWatch(self, version: LibraryVersion.running, versionText: LibraryVersion.text)
        _ = properties.set("debug", codecs.debugContexts)
        return properties
    }

    /// The same for a configuration that no client is made of: it may lack the servers.
    func makePropertiesWithoutServers() throws(KafkaError) -> ClientProperties {
        try checkOwnProperties()
        var properties = ClientProperties()
        for property in librdkafkaProperties {
            try checkCertificates(property)
            do throws(KafkaError) {
                try Self.set(property, in: &properties)
            } catch {
                throw failure(property, error.message)
            }
        }
        // See UnsignedTokens: they are the library's own.
        if properties.value(of: "enable.sasl.oauthbearer.unsecure.jwt") == "true" {
            _ = properties.set("enable.sasl.oauthbearer.unsecure.jwt", "false")
        }
        // Where nothing is checked, there is nothing to explain either.
        if properties.value(of: "security.protocol")?.hasSuffix("ssl") == true,
            properties.value(of: "enable.ssl.certificate.verification") == "true"
        {
            properties.explainRefusedCertificates()
        }
        return properties
    }

    /// Errors begin with the place where the property was given, if it came out of a file or the like.
    func located(_ message: String, _ property: LibrdkafkaProperty) -> String {
        source(of: property).map { "\(printable($0, limit: 200)): \(message)" } ?? message
    }

    func failure(_ property: LibrdkafkaProperty, _ message: String) -> KafkaError {
        invalid(located(message, property))
    }

    private func checkServers() throws(KafkaError) {
        let properties = Dictionary(librdkafkaProperties.map { (PropertyName.canonical($0.name), $0) }) { $1 }
        let list = properties["bootstrap.servers"]
        if Self.servers(in: list?.value ?? "").isEmpty {
            let name = list.flatMap { $0.origin ?? $0.name } ?? "bootstrapServers"
            throw invalid("\(name) is empty: name at least one broker as host:port")
        }
        let scheme = properties["security.protocol"]?.value.lowercased() ?? "plaintext"
        try Self.check(servers: bootstrapServers, scheme: scheme, of: "bootstrapServers")
        for name in ["bootstrap.servers", "metadata.broker.list"] {
            guard let list = librdkafka[name] else { continue }
            try Self.check(servers: Self.servers(in: list), scheme: scheme, of: name)
        }
    }

    /// The addresses of a list.
    static func servers(in list: String) -> [String] {
        list.split(separator: ",").map { part in
            let rest = part.drop { $0.isWhitespace }
            return String(rest[..<(rest.lastIndex { !$0.isWhitespace }.map { rest.index(after: $0) } ?? rest.endIndex)])
        }.filter { !$0.isEmpty }
    }

    /// - Parameter scheme: The only one that librdkafka takes; nil when that is not known yet.
    static func check(servers: [String], scheme: String?, of name: String) throws(KafkaError) {
        // One with a password first: a comma in that makes two of it, and the error about the other shows its beginning.
        for server in servers.filter({ $0.contains("@") }) + servers {
            try check(server: server, scheme: scheme, of: name)
        }
    }

    private static func check(server: String, scheme: String?, of name: String) throws(KafkaError) {
        let start = "\(name) holds \"\(ServerAddress.shown(server))\""
        let address: ServerAddress
        do throws(ServerAddress.Invalid) {
            address = try ServerAddress(server)
        } catch {
            throw invalid("\(start): \(error.reason); write each as host:port")
        }
        if let scheme, let given = address.scheme, given != scheme {
            throw invalid("\(start), and security.protocol is \(scheme): set security, or leave the scheme out")
        }
    }

    private func checkOwnProperties() throws(KafkaError) {
        if clientID.utf8.count > 249 { throw invalid("clientID has \(clientID.utf8.count) bytes, the limit is 249") }
        for (name, number, limit) in [
            ("buffering.maximumMessages", buffering.maximumMessages, Int.max),
            ("buffering.maximumBytes", buffering.maximumBytes, Int.max / 1_024),
            ("buffering.maximumTopics", buffering.maximumTopics, Int(Int32.max)),
            ("returns.maximumErrors", returns.maximumErrors, Int.max),
        ] where number < 1 || number > limit {
            throw invalid("\(name) is \(number): it must be \(number < 1 ? "at least 1" : "\(limit) at most")")
        }
        // What C's int holds in milliseconds: a longer one would be cut silently.
        let longest = Duration.milliseconds(Int32.max)
        for (name, duration) in [
            ("batching.linger", batching.linger),
            ("delivery.timeout", delivery.timeout),
            ("shutdown.deadline", shutdown.deadline),
            ("transactionTimeout", transactionTimeout),
            ("buffering.admissionDeadline", buffering.admissionDeadline ?? .zero),
            ("health.stalledAfter", health.stalledAfter),
        ] {
            if duration < .zero { throw invalid("\(name) is \(duration): it cannot be negative") }
            if duration > longest { throw invalid("\(name) is \(duration): it can be 24 days at most") }
        }
        if health.stalledAfter <= .zero {
            throw invalid("health.stalledAfter is \(health.stalledAfter): it must be above zero")
        }
        if let interval = librdkafkaStatistics?.interval, interval <= .zero || interval > .seconds(86_400) {
            throw invalid("librdkafkaStatistics.interval is \(interval): it must be above zero, and 24 hours at most")
        }
        if let complaint = recovery.complaint { throw invalid(complaint) }
        if recovery != .none, transactionalID != nil || librdkafka["transactional.id"] != nil {
            throw invalid(
                "recovery cannot be .restart with transactionalID: a transaction ends with its client; leave it at .none"
            )
        }
        for name in librdkafka.keys.sorted() {
            guard let reason = refusal(of: name) else { continue }
            throw invalid("librdkafka property \"\(PropertyName.shown(name))\" is refused: \(reason)")
        }
        try checkTransactions()
        if delivery.idempotence, delivery.acks != .all, librdkafka["enable.idempotence"] == nil,
            librdkafka["acks"] == nil
        {
            let acks = librdkafkaProperty("acks").flatMap { source(of: $0) }.map { " (\($0))" } ?? ""
            throw invalid(
                "delivery.idempotence needs delivery.acks = .all\(acks): set idempotence = false for weaker acks"
            )
        }
    }

    /// Sets one property, and compares what librdkafka made of it with what was written.
    static func set(_ property: LibrdkafkaProperty, in properties: inout ClientProperties) throws(KafkaError) {
        let (name, shownValue) = (property.shownName, property.shownValue)
        if property.name.contains("\0") || property.value.contains("\0") {
            throw invalid("librdkafka property \(name) holds a NUL character")
        }
        if let reason = shellRefusal(of: property.name, value: property.value) {
            throw invalid("\(name) cannot be \(shownValue): \(reason)")
        }
        switch properties.set(property.name, property.value) {
        case .ok: break
        case .unknownName:
            let hint = PropertyName.nearest(to: property.name).map { "; did you mean \"\($0)\"?" } ?? ""
            throw invalid("librdkafka has no property \(name)\(hint)")
        case .invalidValue(let reason):
            // librdkafka's text repeats the value.
            let why = shownValue == "[redacted]" ? "" : ": \(printable(reason.trimmed, limit: 300))"
            throw invalid("\(name) cannot be \(shownValue)\(why)")
        }
        try checkNumber(property, readAs: properties.value(of: property.name))
    }

    /// librdkafka reads numbers with strtol and strtod: 10MB as 10, 1e3 as 1, 010 as 8, 4294967297 as 1, nan as nan.
    private static func checkNumber(_ property: LibrdkafkaProperty, readAs value: String?) throws(KafkaError) {
        guard PropertyTable.numbers.contains(property.name), let value, let number = Double(value) else { return }
        // A name of a number, such as acks=all, is librdkafka's to judge; not a number is none.
        if !number.isNaN, property.value.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "_") }) { return }
        let mayHaveDecimals = PropertyTable.fractions.contains(property.name) || !property.value.contains(".")
        if mayHaveDecimals, let given = plainNumber(property.value), given == number { return }
        throw invalid(
            "\(property.shownName) cannot be \(property.shownValue): librdkafka would read it as \(value); "
                + "write a plain number"
        )
    }

    /// A number in the one notation that means the same to everybody.
    private static func plainNumber(_ text: String) -> Double? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { 48...57 ~= $0 } }
        if !isPlain || (digits.hasPrefix("0") && !digits.hasPrefix("0.") && digits != "0") { return nil }
        return Double(text)
    }

    private func checkConflicts(_ properties: borrowing ClientProperties) throws(KafkaError) {
        let timeout = properties.value(of: "message.timeout.ms").flatMap { Double($0) } ?? 0
        let linger = properties.value(of: "linger.ms").flatMap { Double($0) } ?? 0
        guard timeout != 0, timeout <= linger else { return }
        let texts = ["message.timeout.ms", "linger.ms"].compactMap { librdkafkaProperty($0) }.map { shown($0) }
        guard texts.count == 2 else { return }
        throw invalid("\(texts[0]) must be longer than \(texts[1])")
    }
}

private func invalid(_ message: String) -> KafkaError { KafkaError(.invalidConfiguration, message) }

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
