// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer

@Suite struct SecretRedactorTests {
    private func redactor(_ properties: [String: String]) -> SecretRedactor {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["b:1"])
        configuration.librdkafka = properties
        return SecretRedactor(configuration)
    }

    @Test func secretsAreTakenOutOfTexts() {
        let redactor = redactor([
            "sasl.password": "s3cret", "ssl.key.password": "s3cret-and-more", "sasl.username": "kafka-user",
            "ssl.key.pem": "-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----\n",
        ])
        #expect(redactor.redact("s3cret s3cret-and-more!") == "[redacted] [redacted]!")
        #expect(redactor.redact("-----BEGIN KEY----- BgkqhkiG9w0B") == "-----BEGIN KEY----- [redacted]")
        #expect(redactor.redact("kafka-user on kafka") == "kafka-user on kafka")
    }

    /// Blanking every "kafka" would tell what the password is.
    @Test func wordsAreLeftAlone() {
        #expect(redactor(["sasl.password": "kafka"]).redact("kafka error") == "kafka error")
    }

    @Test func theLastTokensAreSecretsToo() {
        let redactor = redactor([:])
        for number in 1...5 { redactor.add(token: "token-\(number)") }
        #expect(redactor.redact("token-1 token-2 token-5") == "token-1 [redacted] [redacted]")
    }
}
