// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration.Security {
    /// Encryption, with the certificates that brokers and client show each other.
    public struct TLS: Sendable, Hashable {
        /// The certificates of trusted authorities; nil trusts the system's.
        public var authorities: PEM?
        /// What the client shows, for mutual TLS; nil shows nothing.
        public var identity: Identity?
        /// What of a broker's certificate is checked. Everything unless changed.
        public var verification = Verification.full

        /// The system's authorities, no client certificate, everything checked.
        public init() {}

        /// These authorities, and this client certificate.
        public init(authorities: PEM?, identity: Identity? = nil, verification: Verification = .full) {
            self.authorities = authorities
            self.identity = identity
            self.verification = verification
        }

        /// The client's certificate with its key.
        public enum Identity: Sendable, Hashable {
            /// The certificate and its key, and the password of the key if it is encrypted.
            ///
            /// A chain with intermediate certificates must be a file: librdkafka before 2.8 sends only the first
            /// certificate of a text.
            case pem(certificate: PEM, key: PEM, keyPassword: String? = nil)
            /// A PKCS#12 file. Librdkafka before 2.8 sends no intermediate certificates of it.
            case pkcs12(file: String, password: String)
        }

        /// What of a broker's certificate is checked.
        public enum Verification: Sendable, Hashable, CaseIterable {
            /// That a trusted authority signed it for the host that was asked for, and that it is in force.
            case full
            /// Not the host: any certificate of a trusted authority passes for any broker. Warned about.
            case withoutHostName
            /// Nothing: whoever sits in between can read and change everything. Warned about.
            case none
        }
    }
}

extension AsyncProducer.Configuration.Security.TLS: CustomStringConvertible, CustomReflectable {
    /// Where the certificates are; secrets are not shown.
    public var description: String {
        let parts = [
            authorities.map { "authorities: \($0)" },
            identity.map { "identity: \($0)" },
            verification == .full ? nil : "verification: \(verification)",
        ]
        return "TLS(\(parts.compactMap { $0 }.joined(separator: ", ")))"
    }

    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension AsyncProducer.Configuration.Security.TLS.Identity: CustomStringConvertible, CustomReflectable {
    /// Where certificate and key are; secrets are not shown.
    public var description: String {
        switch self {
        case .pem(let certificate, let key, let password):
            "pem(certificate: \(certificate), key: \(key)\(password == nil ? "" : ", keyPassword: [redacted]"))"
        case .pkcs12(let file, _): "pkcs12(file: \(file), password: [redacted])"
        }
    }

    /// The same as ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
