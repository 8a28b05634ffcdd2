// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// What the names of properties mean.
enum PropertyName {
    /// One name per property: without kcat's `topic.` in front, and librdkafka's main name in place of its aliases.
    static func canonical(_ name: String) -> String {
        let isOwn = name.hasPrefix("topic.metadata.") || name == "topic.blacklist"
        let name = name.hasPrefix("topic.") && !isOwn ? String(name.dropFirst("topic.".count)) : name
        return aliases[name] ?? name
    }

    private static let aliases = [
        "metadata.broker.list": "bootstrap.servers",
        "request.required.acks": "acks",
        "queue.buffering.max.ms": "linger.ms",
        "compression.type": "compression.codec",
        "delivery.timeout.ms": "message.timeout.ms",
        "message.send.max.retries": "retries",
        "max.in.flight": "max.in.flight.requests.per.connection",
        "sasl.mechanisms": "sasl.mechanism",
        "max.request.size": "message.max.bytes",
        "send.buffer.bytes": "socket.send.buffer.bytes",
        "receive.buffer.bytes": "socket.receive.buffer.bytes",
    ]

    /// Whether the value of a property must not be shown. Librdkafka itself marks fewer than it should.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        let words = [
            "password", "passphrase", "secret", "token", "credential", "jaas", "oauthbearer.config", "username",
            "private", "assertion", "user.info",
        ]
        return words.contains { name.contains($0) } || name.hasSuffix(".pem") || name.hasSuffix("_key")
            || name == "ssl.keystore.location" || name == "ssl.keystore.key"
            || name == "ssl.keystore.certificate.chain" || name == "ssl.truststore.certificates"
    }

    /// The name as it may be shown: a secret that was written into it, as in `sasl.password=SECRET`, is left out.
    static func shown(_ name: String) -> String {
        if isPlausible(name) { return name }
        let lowercased = name.lowercased()
        // Librdkafka's names have no capitals, but a name in capitals is a mistake that must be readable.
        if isPlausible(lowercased), nearest(to: lowercased) != nil { return name }
        let start = name.prefix { $0.isASCII && ($0.isLowercase || $0.isNumber || "._-".contains($0)) }
        return isKnown(String(start)) ? "\(start)…" : "[not a name: \(name.count) characters]"
    }

    /// Whether librdkafka, the Java client or this library has it.
    static func isKnown(_ name: String) -> Bool {
        PropertyTable.names.contains(canonical(name)) || JavaNames.isKnown(name) || OwnProperties.names.contains(name)
    }

    /// A value as it may be shown with its name: that of a name that nobody knows may be a secret, too.
    ///
    /// - Parameter isKnown: Whether the name is one for certain, such as that of a property which the library sets itself.
    static func shown(value: String, of name: String, isKnown: Bool = false) -> String {
        if isSecret(name) || !(isKnown || self.isKnown(name)) { return "[redacted]" }
        guard canonical(name) == "bootstrap.servers" || value.contains("://") else { return value }
        return withoutUser(value)
    }

    /// Without a user and a password in front of a host, and all that stands before them: they may hold any separator.
    static func withoutUser(_ text: String) -> String {
        text.unicodeScalars.lastIndex(of: "@").map { "…\(text[$0...])" } ?? text
    }

    /// The known name with the smallest edit distance, if it is small.
    static func nearest(to name: String) -> String? {
        guard name.utf8.count <= 100 else { return nil }
        let limit = Swift.max(2, name.count / 4)
        return (PropertyTable.all.map(\.name) + OwnProperties.all.map(\.name))
            .map { (name: $0, distance: editDistance(name, $0)) }
            .min { $0.distance < $1.distance }
            .flatMap { $0.distance <= limit ? $0.name : nil }
    }

    /// Whether it can be the name of a property at all. What cannot may be part of a secret, such as a line of a key.
    static func isPlausible(_ name: String) -> Bool {
        guard let first = name.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first else { return false }
        return name.utf8.count <= 80
            && name.utf8.allSatisfy {
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }
}

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
