// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Testing

/// Nothing that is written anywhere holds a secret, also with everything librdkafka can tell.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .brokerLogs)
struct SecretTests {
    @Test(.namesCases) func noSecretIsInLogsAtDebugAll() async throws {
        let broker = try await SecureCluster.shared
        let certificates = broker.certificates
        let password = SecureCluster.passwords["alice"] ?? ""
        let keyPassword = Certificates.keyPassword
        let token = Token.make(life: .seconds(60))
        let keyText = try certificates.text("client.encrypted.key")
        let tls = Security.TLS(
            authorities: .text(try certificates.text("authority.crt")),
            identity: .pem(
                certificate: .text(try certificates.text("client.crt")),
                key: .text(keyText),
                keyPassword: keyPassword
            )
        )
        let wrong = "wr0ng-passw0rd"
        let cases: [(SecureCluster.Listener, Security)] = [
            (.saslTLS, .sasl(.plain(username: "alice", password: password), tls: tls)),
            (.sasl, .sasl(.plain(username: "alice", password: wrong), tls: nil)),
            (.sasl, .sasl(.scramSHA512(username: "alice", password: password), tls: nil)),
            (.sasl, .sasl(.scramSHA256(username: "alice", password: wrong), tls: nil)),
            (.tokens, .sasl(.oauthBearer { token }, tls: nil)),
            (.tokens, .sasl(.oauthBearer { OAuthToken("n0t-a-t0ken", expiration: token.expiration) }, tls: nil)),
            (.mutual, .tls(tls)),
        ]
        var secrets = [password, keyPassword, wrong, token.value, "n0t-a-t0ken"]
        // As SASL PLAIN and HTTP write a password, and the lines of the key.
        secrets += [Data("\0alice\0\(password)".utf8).base64EncodedString(), Data(password.utf8).base64EncodedString()]
        secrets += keyText.split(separator: "\n").filter { !$0.hasPrefix("-----") && $0.count > 16 }.map { String($0) }
        await atOnce(cases) { [secrets] listener, security in
            let log = LogBook()
            var configuration = broker.configuration(listener, security, log)
            configuration.librdkafka["debug"] = "all"
            configuration.delivery.timeout = .milliseconds(1_500)
            let producer = try await AsyncProducer(configuration)
            let result = await outcome(of: ProducerMessage(topic: "t", value: "v"), from: producer)
            try await producer.close()
            var texts = log.all.map { "\($0) \($0.message) \(String(describing: $0.error))" }
            #expect(texts.count > 100)
            var dumped = ""
            dump(configuration, to: &dumped)
            texts += ["\(result)", "\(configuration)", "\(producer.statistics)", dumped]
            for secret in secrets {
                let leak = texts.first { $0.contains(secret) }
                #expect(leak == nil, "\(listener): \(secret)")
            }
        }
    }
}
