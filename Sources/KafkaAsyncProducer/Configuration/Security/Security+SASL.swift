// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration.Security {
    /// How the client says who it is. Names, passwords and tokens are never printed.
    public enum SASL: Sendable {
        /// A name and a password, sent as they are: only over TLS.
        case plain(username: String, password: String)
        /// A name and a password that does not cross the network. Librdkafka before 2.6.1 fails against Kafka 4 with
        /// "invalid credentials".
        case scramSHA256(username: String, password: String)
        /// As ``scramSHA256(username:password:)``, with SHA-512.
        case scramSHA512(username: String, password: String)
        /// A token of an authorization server's, which `source` fetches.
        case oauthBearer(OAuthTokenSource)

        /// A token, which `fetch` gets from the authorization server: before the first connection, and again whenever
        /// 80 % of its life is over.
        ///
        /// `fetch` runs in a task of its own, one at a time, never on a thread of librdkafka's. When it throws, or takes
        /// longer than `timeout`, 30 s by default, that is logged, the last token is used for as long as it lives, and `fetch` is asked
        /// again ten seconds later. The task is cancelled when the producer closes.
        public static func oauthBearer(
            timeout: Duration = .seconds(30),
            fetch: @escaping @Sendable () async throws -> OAuthToken
        ) -> SASL {
            .oauthBearer(OAuthTokenSource(timeout: timeout, fetch: fetch))
        }

        /// Kafka's name of the mechanism, such as `SCRAM-SHA-256`.
        public var mechanism: String {
            switch self {
            case .plain: "PLAIN"
            case .scramSHA256: "SCRAM-SHA-256"
            case .scramSHA512: "SCRAM-SHA-512"
            case .oauthBearer: "OAUTHBEARER"
            }
        }

        var credentials: (username: String, password: String)? {
            switch self {
            case .plain(let username, let password), .scramSHA256(let username, let password),
                .scramSHA512(let username, let password):
                (username, password)
            case .oauthBearer: nil
            }
        }

        /// The source of tokens, if the mechanism has one.
        var tokenSource: OAuthTokenSource? {
            if case .oauthBearer(let source) = self { source } else { nil }
        }
    }

    /// Where tokens come from.
    public struct OAuthTokenSource: Sendable {
        /// How long one call of ``fetch`` may take: 30 s by default.
        public var timeout: Duration
        /// Gets a token from the authorization server.
        public var fetch: @Sendable () async throws -> OAuthToken

        /// Both as given.
        public init(timeout: Duration = .seconds(30), fetch: @escaping @Sendable () async throws -> OAuthToken) {
            self.timeout = timeout
            self.fetch = fetch
        }
    }
}

extension AsyncProducer.Configuration.Security.SASL: CustomStringConvertible, CustomReflectable {
    /// The mechanism; name, password and token are not shown.
    public var description: String { "SASL(\(mechanism), [redacted])" }

    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

/// A token for SASL OAUTHBEARER (RFC 7628).
public struct OAuthToken: Sendable, Hashable {
    /// The token as the authorization server gave it, such as a JWT in its compact form. Never printed.
    public var value: String
    /// When it ends, in milliseconds since 1970.
    public var expiration: Timestamp
    /// Whom it names; brokers take the name from the token itself.
    public var principal: String
    /// SASL extensions for the broker (KIP-342): names of letters only, not `auth`.
    public var extensions: [String: String]

    /// A token as the authorization server gave it.
    public init(_ value: String, expiration: Timestamp, principal: String = "", extensions: [String: String] = [:]) {
        self.value = value
        self.expiration = expiration
        self.principal = principal
        self.extensions = extensions
    }
}

extension OAuthToken: CustomStringConvertible, CustomReflectable {
    /// When it ends; the token is not shown.
    public var description: String { "OAuthToken([redacted], expiration: \(expiration))" }

    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
