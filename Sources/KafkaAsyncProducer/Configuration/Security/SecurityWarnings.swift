// SPDX-License-Identifier: Apache-2.0

extension AsyncProducer.Configuration {
    /// What is allowed and still a risk, one line each: credentials in the clear, certificates unchecked.
    ///
    /// ``AsyncProducer/init(_:)`` logs them as ``LogEntry/Level/warning`` of the facility `CONFIG`.
    public var warnings: [String] {
        // What librdkafka gets, whichever way it was given.
        let properties = Dictionary(librdkafkaProperties.map { (PropertyName.canonical($0.name), $0.value) }) { $1 }
        let security = SecurityProtocol(rawValue: properties["security.protocol"]?.lowercased() ?? "") ?? .plaintext
        let mechanism = properties["sasl.mechanism"]?.uppercased()
        var warnings: [String] = []
        if security == .saslPlaintext, mechanism == "PLAIN" || mechanism == "OAUTHBEARER" {
            let secret = mechanism == "PLAIN" ? "the password" : "the token"
            warnings.append(
                "\(secret) crosses the network unencrypted: use TLS (security.tls, security.protocol=sasl_ssl)"
            )
        }
        if !security.isAuthenticated, properties["sasl.password"] != nil || properties["sasl.username"] != nil {
            warnings.append("credentials are set and not used: security.protocol is \(security.rawValue)")
        }
        if !security.isEncrypted, let name = properties.keys.sorted().first(where: { $0.hasPrefix("ssl.") }) {
            warnings.append(
                "\(PropertyName.shown(name)) is set and not used: security.protocol is \(security.rawValue)"
            )
        }
        if security.isEncrypted {
            if ["false", "f", "0"].contains(properties["enable.ssl.certificate.verification"]?.lowercased()) {
                warnings.append("certificates of brokers are not checked: anybody in between can read and change all")
            } else if properties["ssl.endpoint.identification.algorithm"]?.lowercased() == "none" {
                warnings.append("host names in certificates are not checked: any certificate of the authority passes")
            }
            if let text = properties["ssl.certificate.pem"], text.certificateCount > 1 {
                warnings.append("only the first certificate of a text is sent to brokers: give a chain as a file")
            }
        }
        if Self.isTrue(properties["enable.sasl.oauthbearer.unsecure.jwt"]) {
            warnings.append("enable.sasl.oauthbearer.unsecure.jwt makes unsigned tokens: for tests only")
        }
        return warnings
    }
}

extension String {
    fileprivate var certificateCount: Int {
        split(whereSeparator: \.isNewline).count { $0.hasPrefix("-----BEGIN CERTIFICATE-----") }
    }
}
