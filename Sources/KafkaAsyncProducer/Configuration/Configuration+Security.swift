// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// How connections are secured.
    public struct Security: Sendable {
        var tls: TLS?
        var sasl: SASL?

        /// No encryption, no authentication.
        public static let plaintext = Security()

        /// Encrypted; brokers authenticate themselves.
        public static func tls(_ tls: TLS = TLS()) -> Security { Security(tls: tls) }

        /// Authenticated, and encrypted unless `tls` is nil.
        public static func sasl(_ sasl: SASL, tls: TLS? = TLS()) -> Security { Security(tls: tls, sasl: sasl) }

        /// TLS with the system's certificates unless told otherwise.
        public struct TLS: Sendable, Hashable {
            /// A file with the certificates of trusted authorities, PEM; nil trusts the system's.
            public var certificateAuthorityFile: String?
            /// The client's certificate chain, PEM, for mutual TLS.
            public var certificateFile: String?
            /// The key of ``certificateFile``, PEM.
            public var keyFile: String?
            /// The password of ``keyFile``. Never printed.
            public var keyPassword: String?

            /// The system's certificates, no client certificate.
            public init() {}
        }

        /// A name and a password. SCRAM of librdkafka 2.0.2 fails against Kafka 4 ("invalid credentials").
        public struct SASL: Sendable, Hashable {
            /// How the password is proved.
            public enum Mechanism: String, Sendable, Hashable {
                /// The password itself: only over TLS.
                case plain = "PLAIN"
                /// SCRAM with SHA-256.
                case scramSHA256 = "SCRAM-SHA-256"
                /// SCRAM with SHA-512.
                case scramSHA512 = "SCRAM-SHA-512"
            }

            /// How the password is proved.
            public var mechanism: Mechanism
            /// The user's name.
            public var username: String
            /// The password. Never printed.
            public var password: String

            /// Credentials for a mechanism.
            public init(_ mechanism: Mechanism, username: String, password: String) {
                self.mechanism = mechanism
                self.username = username
                self.password = password
            }
        }

        var protocolName: String {
            switch (tls != nil, sasl != nil) {
            case (false, false): "plaintext"
            case (true, false): "ssl"
            case (false, true): "sasl_plaintext"
            case (true, true): "sasl_ssl"
            }
        }
    }
}

// Secrets stay out of print, dump, string interpolation and reflection.

extension AsyncProducer.Configuration.Security.TLS: CustomStringConvertible, CustomReflectable {
    /// The files; the password is not shown.
    public var description: String {
        let parts = [
            certificateAuthorityFile.map { "certificateAuthorityFile: \($0)" },
            certificateFile.map { "certificateFile: \($0)" },
            keyFile.map { "keyFile: \($0)" },
            keyPassword.map { _ in "keyPassword: [redacted]" },
        ]
        return "TLS(\(parts.compactMap { $0 }.joined(separator: ", ")))"
    }

    /// The files; the password is not shown.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension AsyncProducer.Configuration.Security.SASL: CustomStringConvertible, CustomReflectable {
    /// Mechanism and user; the password is not shown.
    public var description: String { "SASL(\(mechanism.rawValue), username: \(username), password: [redacted])" }

    /// Mechanism and user; the password is not shown.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension AsyncProducer.Configuration: CustomStringConvertible, CustomReflectable {
    /// The properties as librdkafka gets them, secrets left out.
    public var description: String {
        let properties = librdkafkaProperties.map { property in
            "\(property.name)=\(Self.isSecret(property.name) ? "[redacted]" : property.value)"
        }
        return "Configuration(\(properties.joined(separator: ", ")))"
    }

    /// The properties as librdkafka gets them, secrets left out.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// Whether the value of a librdkafka property must not be shown. Librdkafka itself marks fewer than it should.
    static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        let words = [
            "password", "passphrase", "secret", "token", "credential", "jaas", "oauthbearer.config", "username",
        ]
        return words.contains { name.contains($0) } || name.hasSuffix(".pem") || name.hasSuffix("_key")
            || name == "ssl.keystore.location"
    }
}
