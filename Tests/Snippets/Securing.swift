// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func secure(
    _ configuration: inout AsyncProducer.Configuration,
    certificate: String,
    key: String,
    password: String
) {
    // snippet.tls
    var tls = AsyncProducer.Configuration.Security.TLS(authorities: .file("/etc/kafka.pem"))
    tls.identity = .pem(
        certificate: .text(certificate),
        key: .text(key),
        keyPassword: password
    )
    configuration.security = .tls(tls)
    // snippet.end
    // snippet.plain
    configuration.security = .sasl(.plain(username: "orders", password: password))
    // snippet.end
}

private func secure(_ configuration: inout AsyncProducer.Configuration, with server: TokenServer) {
    // snippet.token
    configuration.security = .sasl(
        .oauthBearer {
            let answer = try await server.fetchToken()
            return OAuthToken(answer.token, expiration: answer.expiration)
        }
    )
    // snippet.end
}
