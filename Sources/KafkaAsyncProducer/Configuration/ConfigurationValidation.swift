// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Checks a configuration in words before librdkafka sees it, and what librdkafka made of it after.
extension AsyncProducer.Configuration {
    /// What `rd_kafka_new` takes, or what is wrong.
    func makeProperties() throws(KafkaError) -> ClientProperties {
        try checkServers()
        let properties = try makePropertiesWithoutServers()
        try checkConflicts(properties)
        return properties
    }

    /// The same for a configuration that no client is made of: it may lack the servers.
    func makePropertiesWithoutServers() throws(KafkaError) -> ClientProperties {
        try checkOwnProperties()
        var properties = ClientProperties()
        for property in librdkafkaProperties {
            try Self.checkFile(property)
            try Self.set(property, in: &properties)
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

    private func checkServers() throws(KafkaError) {
        if bootstrapServers.isEmpty, librdkafka["bootstrap.servers"] == nil, librdkafka["metadata.broker.list"] == nil {
            throw invalid("bootstrapServers is empty: name at least one broker as host:port")
        }
        for server in bootstrapServers {
            // A comma would smuggle in a second server, a NUL would cut the list.
            if server.isEmpty || server.contains(where: { $0 == "," || $0 == "\0" || $0.isWhitespace }) {
                throw invalid("bootstrapServers holds \"\(printable(server, limit: 60))\": write each as host:port")
            }
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
            throw invalid("\(name) is \(number): it must be at least 1")
        }
        // What C's int holds in milliseconds: a longer one would be cut silently.
        let longest = Duration.milliseconds(Int32.max)
        for (name, duration) in [
            ("batching.linger", batching.linger),
            ("delivery.timeout", delivery.timeout),
            ("shutdown.deadline", shutdown.deadline),
            ("buffering.admissionDeadline", buffering.admissionDeadline ?? .zero),
        ] {
            if duration < .zero { throw invalid("\(name) is \(duration): it cannot be negative") }
            if duration > longest { throw invalid("\(name) is \(duration): it can be 24 days at most") }
        }
        if let interval = librdkafkaStatistics?.interval, interval <= .zero || interval > .seconds(86_400) {
            throw invalid("librdkafkaStatistics.interval is \(interval): it must be above zero, and 24 hours at most")
        }
        for name in librdkafka.keys.sorted() {
            guard let reason = refusal(of: name) else { continue }
            throw invalid("librdkafka property \"\(printable(name, limit: 80))\" is refused: \(reason)")
        }
        if delivery.idempotence, delivery.acks != .all, librdkafka["enable.idempotence"] == nil,
            librdkafka["acks"] == nil
        {
            throw invalid("delivery.idempotence needs delivery.acks = .all: set idempotence = false for weaker acks")
        }
    }

    /// Properties that name a file to be read.
    private static let fileProperties: Set<String> = [
        "ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location", "ssl.crl.location",
    ]

    private static func checkFile(_ property: LibrdkafkaProperty) throws(KafkaError) {
        guard fileProperties.contains(property.name), property.value != "probe", !property.value.contains("\0"),
            !ClientProperties.isReadable(property.value)
        else { return }
        // librdkafka says "No such file or directory" without saying which.
        let path = printable(property.value, limit: 200)
        throw invalid("\(property.shownName): the file \"\(path)\" cannot be read")
    }

    /// Sets one property, and compares what librdkafka made of it with what was written.
    static func set(_ property: LibrdkafkaProperty, in properties: inout ClientProperties) throws(KafkaError) {
        let name = property.shownName
        let shownValue =
            PropertyName.isSecret(property.name) ? "[redacted]" : "\"\(printable(property.value, limit: 80))\""
        if property.name.contains("\0") || property.value.contains("\0") {
            throw invalid("librdkafka property \(name) holds a NUL character")
        }
        if let reason = shellRefusal(of: property.name, value: property.value) {
            throw invalid("\(name) cannot be \(shownValue): \(reason)")
        }
        switch properties.set(property.name, property.value) {
        case .ok: break
        case .unknownName:
            let hint = nearestName(to: property.name).map { "; did you mean \"\($0)\"?" } ?? ""
            throw invalid("librdkafka has no property \(name)\(hint)")
        case .invalidValue(let reason):
            // librdkafka's text repeats the value.
            let why = PropertyName.isSecret(property.name) ? "" : ": \(printable(reason.trimmed, limit: 300))"
            throw invalid("\(name) cannot be \(shownValue)\(why)")
        }
        // Names of numbers, such as acks=all, are librdkafka's to judge.
        let isNumberLike = property.value.first.map { $0.isNumber || $0.isWhitespace || "+-.".contains($0) } ?? false
        if isNumberLike, let value = properties.value(of: property.name), let number = Double(value) {
            // librdkafka reads numbers with strtol: 10MB as 10, 1e3 as 1, 010 as 8, 4294967297 as 1.
            guard let given = plainNumber(property.value), given == number else {
                throw invalid(
                    "\(name) cannot be \(shownValue): librdkafka would read it as \(value); write a plain number"
                )
            }
        }
    }

    /// A number in the one notation that means the same to everybody.
    private static func plainNumber(_ text: String) -> Double? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        if digits.count > 1, digits.hasPrefix("0"), !digits.hasPrefix("0.") { return nil }
        return Double(text)
    }

    private func checkConflicts(_ properties: borrowing ClientProperties) throws(KafkaError) {
        let timeout = properties.value(of: "message.timeout.ms").flatMap { Double($0) } ?? 0
        let linger = properties.value(of: "linger.ms").flatMap { Double($0) } ?? 0
        if timeout != 0, timeout <= linger {
            throw invalid("delivery.timeout (\(timeout) ms) must be longer than batching.linger (\(linger) ms)")
        }
    }

    /// The known name with the smallest edit distance, if it is small.
    private static func nearestName(to name: String) -> String? {
        guard name.utf8.count <= 100 else { return nil }
        let limit = Swift.max(2, name.count / 4)
        return PropertyTable.all.map(\.name)
            .map { (name: $0, distance: editDistance(name, $0)) }
            .min { $0.distance < $1.distance }
            .flatMap { $0.distance <= limit ? $0.name : nil }
    }
}

private func invalid(_ message: String) -> KafkaError { KafkaError(.invalidConfiguration, message) }

/// Levenshtein's distance, the usual two rows.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var previous = Array(0...right.count)
    for (row, character) in left.enumerated() {
        var current = [row + 1]
        for column in right.indices {
            let change = previous[column] + (character == right[column] ? 0 : 1)
            current.append(min(change, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[right.count]
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
