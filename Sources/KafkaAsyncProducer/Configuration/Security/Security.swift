// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// How connections are secured: encrypted or not, and how the client says who it is.
    public struct Security: Sendable {
        /// Encryption, and certificates on either side; nil sends everything readable for the network.
        public var tls: TLS?
        /// Who the client is, beside a certificate; nil for nobody.
        public var sasl: SASL?

        /// Both as given.
        public init(tls: TLS? = nil, sasl: SASL? = nil) {
            self.tls = tls
            self.sasl = sasl
        }

        /// No encryption, no authentication.
        public static let plaintext = Security()

        /// Encrypted; brokers authenticate themselves.
        public static func tls(_ tls: TLS = TLS()) -> Security { Security(tls: tls) }

        /// Authenticated, and encrypted unless `tls` is nil.
        public static func sasl(_ sasl: SASL, tls: TLS? = TLS()) -> Security { Security(tls: tls, sasl: sasl) }

        /// Certificates or a key in PEM.
        public enum PEM: Sendable, Hashable {
            /// In a file, which is read when the producer is made.
            case file(String)
            /// In memory. Never printed.
            case text(String)
        }

        /// Librdkafka's `security.protocol`.
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

extension AsyncProducer.Configuration.Security: CustomStringConvertible, CustomReflectable {
    /// What is encrypted and who the client is, without secrets.
    public var description: String {
        let parts = [tls?.description, sasl?.description].compactMap { $0 }
        return parts.isEmpty ? "plaintext" : parts.joined(separator: ", ")
    }

    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension AsyncProducer.Configuration.Security.PEM: CustomStringConvertible, CustomReflectable {
    /// The path; text is not shown.
    public var description: String {
        switch self {
        case .file(let path): "file(\(path))"
        case .text: "[redacted]"
        }
    }

    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
