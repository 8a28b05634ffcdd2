// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Why librdkafka made no client, in words.
enum CreationFailure {
    /// From the text of `rd_kafka_new`. May read the file of the key, and so blocks.
    static func explain(_ reason: String, of configuration: AsyncProducer.Configuration) -> KafkaError {
        let reason = printable(reason, limit: 500)
        guard let thing = things.first(where: { reason.contains($0.name) }) else {
            return refusal(reason, of: configuration)
        }
        let property = configuration.librdkafkaProperties.last { $0.name == thing.name }
        let (failure, advice) = diagnose(reason, thing.words, property)
        let text = "\(property?.shownName ?? thing.name): \(advice) (\(reason))"
        let message = property.map { configuration.located(text, $0) } ?? text
        return KafkaError(.invalidConfiguration, message, securityFailure: failure)
    }

    /// Properties that do not go together: librdkafka names them, and not where they were given.
    private static func refusal(_ reason: String, of configuration: AsyncProducer.Configuration) -> KafkaError {
        var named: [String: LibrdkafkaProperty] = [:]
        for word in reason.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "_") }) {
            // The full stop of a sentence.
            let word = String(word.last == "." ? word.dropLast() : word)
            if word.contains("."), let property = configuration.librdkafkaProperty(word) {
                named[property.name] = property
            }
        }
        // The only one of its properties whose name holds no dot.
        if reason.contains("`acks`") { named["acks"] = configuration.librdkafkaProperty("acks") }
        let list = named.values.sorted { $0.name < $1.name }.map { configuration.shown($0) }.joined(separator: "; ")
        let values = list.isEmpty ? "" : " (\(list))"
        return KafkaError(.invalidConfiguration, "librdkafka refused the configuration: \(reason)\(values)")
    }

    private static let things: [(name: String, words: String)] = [
        ("ssl.key.location", "the key"), ("ssl.key.pem", "the key"), ("Private key check", "the key"),
        ("ssl.certificate.location", "the certificate"), ("ssl.certificate.pem", "the certificate"),
        ("ssl.ca.location", "the certificate"), ("ssl.ca.pem", "the certificate"),
        ("ssl.keystore.location", "the key store"),
    ]

    private static func diagnose(
        _ reason: String,
        _ thing: String,
        _ property: LibrdkafkaProperty?
    ) -> (SecurityFailure, String) {
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says("check failed", "key values mismatch", "key type mismatch") {
            return (.keyMismatch, "the key does not belong to the certificate")
        }
        if says("bad decrypt", "wrong password", "mac verify failure", "bad password read", "get passphrase")
            || (thing == "the key" && says("PEM lib") && isEncrypted(property))
        {
            return (.wrongKeyPassword, "the password of \(thing) is wrong or missing")
        }
        let format = thing == "the key store" ? "PKCS#12" : "PEM"
        return (.unreadablePEM, "\(thing) cannot be read: it must be whole, and \(format)")
    }

    /// Of a key in a file librdkafka says only "PEM lib", whatever the reason.
    private static func isEncrypted(_ property: LibrdkafkaProperty?) -> Bool {
        guard let property, property.name == "ssl.key.location",
            let bytes = try? FileContents.read(property.value, limit: 1 << 20, patience: 0)
        else { return false }
        return String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED")
    }
}
