// SPDX-License-Identifier: Apache-2.0

/// Java's stores of keys and certificates.
extension JavaProperties {
    private enum StoreType: String {
        case pem = "PEM"
        case pkcs12 = "PKCS12"
        case jks = "JKS"
    }

    /// As it is said, or by the name of the file. Java's own default, JKS, reads PKCS12 as well.
    private func type(of store: String, at location: Entry) throws(KafkaError) -> StoreType? {
        if let said = given["ssl.\(store).type"] {
            let type = StoreType(rawValue: said.value.uppercased())
            if type != .jks || location.value.lowercased().hasSuffix(".jks") { return type }
        }
        switch location.value.lowercased().split(separator: ".").last {
        case "pem", "crt", "cer", "key": return .pem
        case "p12", "pfx", "pkcs12": return .pkcs12
        case "jks": return .jks
        default: return nil
        }
    }

    func checkType(_ entry: Entry) throws(KafkaError) {
        guard StoreType(rawValue: entry.value.uppercased()) == nil else { return }
        throw entry.failure("the type cannot be read; use PEM or PKCS12")
    }

    func trustStore(_ entry: Entry) throws(KafkaError) -> String {
        switch try type(of: "truststore", at: entry) {
        case .pem: return entry.value
        case .jks:
            throw entry.failure(
                "librdkafka cannot read JKS; write the certificates as PEM with keytool -exportcert -rfc "
                    + "-keystore FILE -alias NAME -file ca.pem, and set ssl.ca.location"
            )
        case .pkcs12:
            throw entry.failure(
                "librdkafka cannot take certificates of authorities from PKCS12; write them as PEM with "
                    + "openssl pkcs12 -in FILE -nokeys -out ca.pem, and set ssl.ca.location"
            )
        case nil: throw entry.failure("set ssl.truststore.type=PEM, or ssl.ca.location; JKS and PKCS12 cannot be read")
        }
    }

    mutating func addKeyStore(_ entry: Entry) throws(KafkaError) {
        switch try type(of: "keystore", at: entry) {
        case .pem:
            // One file with both, which OpenSSL reads twice.
            add("ssl.certificate.location", entry.value, entry)
            add("ssl.key.location", entry.value, entry)
            if let password = given["ssl.keystore.password"] {
                note(password, "the password of a key in PEM is ssl.key.password")
                remove("ssl.keystore.password")
            }
        case .jks:
            throw entry.failure(
                "librdkafka cannot read JKS; convert it with keytool -importkeystore -srckeystore FILE "
                    + "-destkeystore client.p12 -deststoretype PKCS12, and set ssl.keystore.location=client.p12"
            )
        // Librdkafka's own property of that name takes PKCS12.
        case .pkcs12, nil: add(entry.name, entry.value, entry)
        }
    }

    /// The text of a store with the lines that OpenSSL needs: Java takes blanks in their place, as a value that goes on
    /// over several lines of a property file has them.
    static func withLines(_ text: String) -> String {
        if text.contains(where: \.isNewline) { return text }
        return text.replacing(#/(-----BEGIN ([A-Z0-9 ]+)-----)([^-:]*)(-----END \2-----)\s*/#) { block in
            var body = block.output.3.filter { !$0.isWhitespace }[...]
            var lines = [block.output.1]
            while !body.isEmpty {
                lines.append(Substring(body.prefix(64)))
                body = body.dropFirst(64)
            }
            return (lines + [block.output.4]).joined(separator: "\n") + "\n"
        }
    }
}
