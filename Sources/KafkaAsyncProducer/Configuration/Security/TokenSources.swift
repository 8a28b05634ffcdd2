// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// Where tokens for SASL OAUTHBEARER come from, whichever way that was said; nil when none are wanted.
    func tokenSource() throws(KafkaError) -> Security.OAuthTokenSource? {
        let properties = Dictionary(librdkafkaProperties.map { (PropertyName.canonical($0.name), $0.value) }) { $1 }
        guard SecurityProtocol(rawValue: properties["security.protocol"]?.lowercased() ?? "")?.isAuthenticated == true,
            properties["sasl.mechanism"]?.uppercased() == "OAUTHBEARER"
        else { return nil }
        if let source = security.sasl?.tokenSource { return source }
        if Self.isTrue(properties["enable.sasl.oauthbearer.unsecure.jwt"]) {
            let tokens = try UnsignedTokens(properties["sasl.oauthbearer.config"] ?? "")
            return Security.OAuthTokenSource { tokens.make() }
        }
        // librdkafka fetches them itself, where it was built with that.
        if properties["sasl.oauthbearer.method"]?.lowercased() == "oidc" { return nil }
        // It would wait for a token for ever.
        throw KafkaError(
            .invalidConfiguration,
            "OAUTHBEARER needs somebody who gives tokens: set security.sasl = .oauthBearer { … }"
        )
    }

    /// As librdkafka reads it.
    static func isTrue(_ value: String?) -> Bool { ["true", "t", "1"].contains(value?.lowercased()) }
}
