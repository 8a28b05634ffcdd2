// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Looks at certificates and keys before librdkafka does, which says less of what is wrong, or nothing.
extension AsyncProducer.Configuration {
    /// Properties that name a file to be read, or hold its text.
    private static let contents: [String: PEMCheck.Content] = [
        "ssl.ca": .certificates, "ssl.certificate": .certificates, "ssl.key": .key, "ssl.crl": .any,
        // Newer librdkafkas'.
        "https.ca": .certificates,
    ]

    /// A certificate bundle of a system has a fifth of a MiB.
    private static let fileLimit = 16 << 20

    /// Refuses what is empty, cut off, or not there. Does not read files.
    func checkCertificates(_ property: LibrdkafkaProperty) throws(KafkaError) {
        let parts = Self.parts(property.name)
        guard let kind = parts.kind, Self.contents[parts.thing] != nil || parts.thing == "ssl.keystore" else { return }
        guard !property.value.contains("\0"), !isProbe(property) else { return }
        switch kind {
        case .location:
            if !property.value.contains(where: { !$0.isWhitespace }) {
                throw refusal(property, "it is empty: name a file, or leave it out")
            }
            guard !ClientProperties.isReadable(property.value) else { return }
            // librdkafka says "No such file or directory" without saying which.
            let path = printable(property.value, limit: 200)
            throw failure(property, "\(property.shownName): the file \"\(path)\" cannot be read")
        case .pem:
            guard let content = Self.contents[parts.thing],
                let fault = PEMCheck.fault(in: property.value.utf8, content: content)
            else { return }
            throw refusal(property, fault)
        }
    }

    /// The same for what the files hold. Blocks.
    func checkCertificateFiles() throws(KafkaError) {
        for property in librdkafkaProperties {
            let parts = Self.parts(property.name)
            // A pipe can be read only once, and a folder holds many.
            guard parts.kind == .location, let content = Self.contents[parts.thing], !isProbe(property),
                FileContents.isRegular(property.value),
                let bytes = try? FileContents.read(property.value, limit: Self.fileLimit, patience: 0),
                let fault = PEMCheck.fault(in: bytes, content: content)
            else { continue }
            throw refusal(property, "the file \"\(printable(property.value, limit: 200))\": \(fault)")
        }
    }

    private enum Kind: String {
        case location, pem
    }

    private static func parts(_ name: String) -> (thing: String, kind: Kind?) {
        let parts = name.split(separator: ".")
        return (parts.dropLast().joined(separator: "."), parts.last.flatMap { Kind(rawValue: String($0)) })
    }

    /// A name for librdkafka's own search, not of a file.
    private func isProbe(_ property: LibrdkafkaProperty) -> Bool {
        ["ssl.ca.location", "https.ca.location"].contains(property.name) && property.value == "probe"
    }

    private func refusal(_ property: LibrdkafkaProperty, _ fault: String) -> KafkaError {
        let text = "\(property.shownName) cannot be used: \(fault)"
        return KafkaError(.invalidConfiguration, located(text, property), securityFailure: .unreadablePEM)
    }
}
