// SPDX-License-Identifier: Apache-2.0

/// An address of `bootstrap.servers`, checked in words: librdkafka takes a port modulo 65,536, cuts what looks like a
/// path, and forgets an address with a scheme that is not the one in use. Pure.
struct ServerAddress {
    /// Of `ssl://host`, in small letters.
    let scheme: String?

    /// What is wrong with an address.
    struct Invalid: Error {
        let reason: String
    }

    /// - Parameter text: `host`, `host:port`, `[IPv6]:port`, each with a scheme in front or not.
    init(_ text: String) throws(Invalid) {
        var rest = text[...]
        if let range = text.firstRange(of: "://") {
            let scheme = text[..<range.lowerBound].lowercased()
            guard Configuration.SecurityProtocol(rawValue: scheme) != nil else {
                throw Invalid(reason: "the scheme is none of plaintext, ssl, sasl_plaintext and sasl_ssl")
            }
            self.scheme = scheme
            rest = text[range.upperBound...]
        } else {
            scheme = nil
        }
        if rest.isEmpty { throw Invalid(reason: "there is no host") }
        if rest.contains("@") { throw Invalid(reason: "a user goes into sasl.username") }
        if rest.contains(where: { "/?#\\".contains($0) }) { throw Invalid(reason: "a path has no meaning") }
        if rest.contains(where: { ",;|".contains($0) || $0.isWhitespace || $0 == "\0" }) {
            throw Invalid(reason: "one address holds no blank and no separator: write several as a list")
        }
        let (host, port) = try Self.split(rest)
        if let port { try Self.check(port: port) }
        try Self.check(host: host)
    }

    private typealias Configuration = AsyncProducer.Configuration

    private static func split(_ text: Substring) throws(Invalid) -> (host: Substring, port: Substring?) {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw Invalid(reason: "a ] is missing") }
            let host = text[...end]
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return (host, nil) }
            guard rest.first == ":" else { throw Invalid(reason: "only a port can follow ]") }
            return (host, rest.dropFirst())
        }
        guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
        let port = text[text.index(after: colon)...]
        // Several: an address of IPv6, whose port needs brackets.
        return port.contains(":") ? (text, nil) : (text[..<colon], port)
    }

    private static func check(port: Substring) throws(Invalid) {
        guard !port.isEmpty, port.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            let number = UInt16(port), number > 0
        else { throw Invalid(reason: "a port is a number from 1 to 65535") }
    }

    private static func check(host: Substring) throws(Invalid) {
        if host.first == "[" { return try check(version6: host.dropFirst().dropLast()) }
        if host.contains(":") {
            do {
                return try check(version6: host)
            } catch {
                throw Invalid(reason: "write host:port, and an IPv6 address with a port as [address]:port")
            }
        }
        if host.isEmpty { throw Invalid(reason: "there is no host") }
        let isName = host.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0)
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        // One dot may end a name.
        guard isName, host.utf8.count <= 255, !labels.dropLast().contains(where: \.isEmpty), host != "." else {
            throw Invalid(reason: "a host has letters, digits, -, _ and single dots")
        }
        // The system would read 9092 or 10.1 as an address as well.
        if labels.allSatisfy({ $0.allSatisfy(\.isNumber) }),
            labels.count != 4 || !labels.allSatisfy({ isOctet($0) })
        {
            throw Invalid(reason: "an IPv4 address has four numbers from 0 to 255")
        }
    }

    /// Without a zero in front, which some would read as octal.
    private static func isOctet(_ text: Substring) -> Bool { UInt8(text).map { String($0) == text } ?? false }

    /// As RFC 4291 writes it, with a zone or not.
    private static func check(version6 text: Substring) throws(Invalid) {
        let invalid = Invalid(reason: "that is no IPv6 address")
        let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, parts.count == 1 || !parts[1].isEmpty else { throw invalid }
        let halves = address.split(separator: "::", omittingEmptySubsequences: false)
        guard !address.isEmpty, halves.count <= 2 else { throw invalid }
        var count = 0
        for (index, half) in halves.enumerated() where !half.isEmpty {
            let groups = half.split(separator: ":", omittingEmptySubsequences: false)
            for (place, group) in groups.enumerated() {
                if group.utf8.count <= 4, !group.isEmpty, group.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
                    count += 1
                } else {
                    let numbers = group.split(separator: ".", omittingEmptySubsequences: false)
                    // The last 32 bits as IPv4 writes them.
                    guard index == halves.count - 1, place == groups.count - 1, numbers.count == 4,
                        numbers.allSatisfy({ isOctet($0) })
                    else { throw invalid }
                    count += 2
                }
            }
        }
        guard halves.count == 2 ? count <= 7 : count == 8 else { throw invalid }
    }

    /// As it may be shown: a user and a password in it are left out.
    static func shown(_ text: String) -> String { printable(PropertyName.withoutUser(text), limit: 80) }
}
