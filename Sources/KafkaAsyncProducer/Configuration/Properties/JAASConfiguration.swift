// SPDX-License-Identifier: Apache-2.0

/// The value of Java's `sasl.jaas.config`: a login module's class, a flag, and options up to a semicolon. Pure.
///
/// Nothing of the value appears in an error: it holds the password.
struct JAASConfiguration {
    /// In librdkafka's words.
    let properties: [(name: String, value: String)]

    /// - Parameter fetchesTokens: Whether librdkafka can.
    init(_ entry: AsyncProducer.Configuration.Properties.Entry, fetchesTokens: Bool) throws(KafkaError) {
        guard let (module, options) = Self.parse(entry.value) else {
            throw entry.failure("write one login module as CLASS required NAME=\"VALUE\" NAME=\"VALUE\";")
        }
        switch module.split(separator: ".").last {
        case "ScramLoginModule" where options["tokenauth"]?.lowercased() == "true":
            throw entry.failure("librdkafka cannot use a delegation token: use the user's own name and password")
        case "PlainLoginModule", "ScramLoginModule":
            guard let username = options["username"], let password = options["password"] else {
                throw entry.failure("the login module needs username and password")
            }
            properties = [("sasl.username", username), ("sasl.password", password)]
        case "Krb5LoginModule":
            properties = [("principal", "sasl.kerberos.principal"), ("keyTab", "sasl.kerberos.keytab")]
                .compactMap { option, name in options[option].map { (name, $0) } }
        case "OAuthBearerLoginModule":
            if let subject = options["unsecuredLoginStringClaim_sub"] {
                properties = [
                    ("enable.sasl.oauthbearer.unsecure.jwt", "true"),
                    ("sasl.oauthbearer.config", "principal=\(subject)"),
                ]
            } else if fetchesTokens {
                properties = [
                    ("clientId", "sasl.oauthbearer.client.id"), ("clientSecret", "sasl.oauthbearer.client.secret"),
                    ("scope", "sasl.oauthbearer.scope"),
                ].compactMap { option, name in options[option].map { (name, $0) } }
            } else {
                throw entry.failure(
                    "librdkafka fetches no token by itself; set security.sasl = .oauthBearer { … } in the program"
                )
            }
        case let name?: throw entry.failure(Self.advice(on: name))
        case nil: throw entry.failure("the login module has no name: write its class first")
        }
    }

    /// What to use instead of a module that is of use to Java only; others may be a secret that stands in its place.
    private static func advice(on module: Substring) -> String {
        switch module {
        case "IAMLoginModule":
            "IAMLoginModule signs in with AWS credentials, which librdkafka cannot; use sasl.mechanism=OAUTHBEARER and "
                + "set security.sasl = .oauthBearer { … } to a signer of tokens for MSK, or use SCRAM"
        case "KeyStoreLoginModule", "JndiLoginModule", "LdapLoginModule", "NTLoginModule", "UnixLoginModule":
            "\(module) has no counterpart; use a client certificate (ssl.keystore.location), or PlainLoginModule with "
                + "username and password, which the broker may look up where it likes"
        default:
            "the login module has no counterpart; use PlainLoginModule or ScramLoginModule for a name and a password, "
                + "Krb5LoginModule for Kerberos, and for tokens sasl.mechanism=OAUTHBEARER with "
                + "security.sasl = .oauthBearer { … } in the program"
        }
    }

    private enum Token: Equatable {
        case text(String)
        case equals
        case end
    }

    private static func parse(_ text: String) -> (module: String, options: [String: String])? {
        guard var tokens = tokens(of: text)?[...], case .text(let module) = tokens.popFirst(),
            case .text = tokens.popFirst(), tokens.popLast() == .end
        else { return nil }
        var options: [String: String] = [:]
        while let name = tokens.popFirst() {
            guard case .text(let name) = name, tokens.popFirst() == .equals, case .text(let value) = tokens.popFirst()
            else { return nil }
            options[name] = value
        }
        return (module, options)
    }

    /// As Java's `StreamTokenizer` splits it: either kind of quotes, backslashes inside them. By scalars: a password may
    /// begin with what would join a quote to one character.
    private static func tokens(of text: String) -> [Token]? {
        var tokens: [Token] = []
        var rest = Array(text.unicodeScalars)[...]
        while let first = rest.first {
            if first.properties.isWhitespace {
                rest.removeFirst()
            } else if first == "=" || first == ";" {
                rest.removeFirst()
                tokens.append(first == "=" ? .equals : .end)
            } else if first == "\"" || first == "'" {
                rest.removeFirst()
                guard let quoted = takeQuoted(&rest, until: first) else { return nil }
                tokens.append(.text(quoted))
            } else {
                let word = rest.prefix { !$0.properties.isWhitespace && !"=;\"'".unicodeScalars.contains($0) }
                rest = rest[word.endIndex...]
                tokens.append(.text(String(scalars: word)))
            }
        }
        return tokens
    }

    private static func takeQuoted(_ rest: inout ArraySlice<Unicode.Scalar>, until quote: Unicode.Scalar) -> String? {
        var text: [Unicode.Scalar] = []
        while let scalar = rest.popFirst() {
            if scalar == quote { return String(scalars: text) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case "r": text.append("\r")
            default: text.append(escaped)
            }
        }
        return nil
    }
}
