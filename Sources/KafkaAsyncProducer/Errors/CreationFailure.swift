// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Why librdkafka made no client, in words.
enum CreationFailure {
    /// From the text of `rd_kafka_new`. May read the file of the key, and so blocks.
    static func explain(_ reason: String, of configuration: AsyncProducer.Configuration) -> KafkaError {
        let reason = printable(reason, limit: 500)
        guard let thing = things.first(where: { reason.contains($0.name) }) else {
            return KafkaError(.invalidConfiguration, "librdkafka refused the configuration: \(reason)")
        }
        let property = configuration.librdkafkaProperties.last { $0.name == thing.name }
        let (failure, advice) = diagnose(reason, thing.words, property)
        let name = property?.shownName ?? thing.name
        return KafkaError(.invalidConfiguration, "\(name): \(advice) (\(reason))", securityFailure: failure)
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
