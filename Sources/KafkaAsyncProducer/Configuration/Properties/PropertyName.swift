// SPDX-License-Identifier: Apache-2.0

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
            "private", "assertion",
        ]
        return words.contains { name.contains($0) } || name.hasSuffix(".pem") || name.hasSuffix("_key")
            || name == "ssl.keystore.location" || name == "ssl.keystore.key"
            || name == "ssl.keystore.certificate.chain" || name == "ssl.truststore.certificates"
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
