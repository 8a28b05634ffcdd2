// SPDX-License-Identifier: Apache-2.0

/// Between ``AsyncProducer/Configuration/Security`` and librdkafka's names, both ways.
extension AsyncProducer.Configuration.Security {
    /// What is set, in librdkafka's words, with our name for it.
    var librdkafkaProperties: [LibrdkafkaProperty] {
        var properties: [LibrdkafkaProperty] = []
        func add(_ name: String, _ value: String, _ origin: String) {
            properties.append(LibrdkafkaProperty(name: name, value: value, origin: "security.\(origin)"))
        }
        func add(_ name: String, _ pem: PEM, _ origin: String) {
            switch pem {
            case .file(let path): add("\(name).location", path, origin)
            case .text(let text): add("\(name).pem", text, origin)
            }
        }
        properties.append(
            LibrdkafkaProperty(name: "security.protocol", value: protocolName, origin: "security")
        )
        if let tls {
            if let authorities = tls.authorities { add("ssl.ca", authorities, "tls.authorities") }
            switch tls.identity {
            case .pem(let certificate, let key, let password):
                add("ssl.certificate", certificate, "tls.identity.certificate")
                add("ssl.key", key, "tls.identity.key")
                if let password { add("ssl.key.password", password, "tls.identity.keyPassword") }
            case .pkcs12(let file, let password):
                add("ssl.keystore.location", file, "tls.identity.file")
                add("ssl.keystore.password", password, "tls.identity.password")
            case nil: break
            }
            // Said even where it is the default: librdkafka before 2.0 did not check the host.
            let checksHost = tls.verification == .full
            add("ssl.endpoint.identification.algorithm", checksHost ? "https" : "none", "tls.verification")
            if tls.verification == .none { add("enable.ssl.certificate.verification", "false", "tls.verification") }
        }
        if let sasl {
            add("sasl.mechanism", sasl.mechanism, "sasl")
            if let (username, password) = sasl.credentials {
                add("sasl.username", username, "sasl.username")
                add("sasl.password", password, "sasl.password")
            }
        }
        return properties
    }
}

extension AsyncProducer.Configuration {
    /// Moves what ``security`` can say out of ``librdkafka``. What it cannot say stays there, and wins.
    mutating func takeSecurity() {
        let name = librdkafka["security.protocol"]?.lowercased() ?? "plaintext"
        guard let security = SecurityProtocol(rawValue: name) else { return }
        if security.isEncrypted { self.security.tls = takeTLS() }
        guard security.isAuthenticated else {
            librdkafka["security.protocol"] = nil
            return
        }
        guard let sasl = takeSASL() else { return }
        self.security.sasl = sasl
        librdkafka["security.protocol"] = nil
    }

    /// Librdkafka's four values of `security.protocol`.
    enum SecurityProtocol: String {
        case plaintext, ssl
        case saslPlaintext = "sasl_plaintext"
        case saslSSL = "sasl_ssl"

        var isEncrypted: Bool { self == .ssl || self == .saslSSL }
        var isAuthenticated: Bool { self == .saslPlaintext || self == .saslSSL }
    }

    private mutating func takeTLS() -> Security.TLS {
        var tls = Security.TLS()
        tls.authorities = takePEM("ssl.ca")
        if let certificate = pem("ssl.certificate"), let key = pem("ssl.key") {
            _ = (takePEM("ssl.certificate"), takePEM("ssl.key"))
            tls.identity = .pem(certificate: certificate, key: key, keyPassword: take("ssl.key.password"))
        } else if let file = librdkafka["ssl.keystore.location"], let password = librdkafka["ssl.keystore.password"] {
            (librdkafka["ssl.keystore.location"], librdkafka["ssl.keystore.password"]) = (nil, nil)
            tls.identity = .pkcs12(file: file, password: password)
        }
        // As librdkafka: `none` and `https`, `true` and `false`; anything else is left for it to judge.
        if take("ssl.endpoint.identification.algorithm", where: ["none", "https"]) == "none" {
            tls.verification = .withoutHostName
        }
        if take("enable.ssl.certificate.verification", where: ["true", "false"]) == "false" {
            tls.verification = .none
        }
        return tls
    }

    private mutating func takeSASL() -> Security.SASL? {
        guard let username = librdkafka["sasl.username"], let password = librdkafka["sasl.password"] else { return nil }
        let sasl: Security.SASL
        switch librdkafka["sasl.mechanism"]?.uppercased() {
        case "PLAIN": sasl = .plain(username: username, password: password)
        case "SCRAM-SHA-256": sasl = .scramSHA256(username: username, password: password)
        case "SCRAM-SHA-512": sasl = .scramSHA512(username: username, password: password)
        default: return nil
        }
        for name in ["sasl.mechanism", "sasl.username", "sasl.password"] { librdkafka[name] = nil }
        return sasl
    }

    /// One of the two ways to give a certificate or key; nil when both are given, which is librdkafka's to refuse.
    private func pem(_ name: String) -> Security.PEM? {
        switch (librdkafka["\(name).location"], librdkafka["\(name).pem"]) {
        // A name for librdkafka's own search, not of a file.
        case ("probe", _): nil
        case (let path?, nil): .file(path)
        case (nil, let text?): .text(text)
        default: nil
        }
    }

    private mutating func takePEM(_ name: String) -> Security.PEM? {
        guard let pem = pem(name) else { return nil }
        (librdkafka["\(name).location"], librdkafka["\(name).pem"]) = (nil, nil)
        return pem
    }

    private mutating func take(_ name: String, where known: Set<String>? = nil) -> String? {
        guard let value = librdkafka[name], known?.contains(value.lowercased()) ?? true else { return nil }
        librdkafka[name] = nil
        return value.lowercased() == value || known == nil ? value : value.lowercased()
    }
}
