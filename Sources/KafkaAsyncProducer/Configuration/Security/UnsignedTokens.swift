// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Tokens without a signature, for brokers of tests: what `enable.sasl.oauthbearer.unsecure.jwt` asks for.
///
/// librdkafka 2.0.2 makes them too, and crashes when the first one is to be refreshed: it puts the request into a queue
/// that it made only for closures.
struct UnsignedTokens: Sendable {
    private var principalName = "sub"
    private var principal = ""
    private var scopeName = "scope"
    private var scopes: [String] = []
    private var life: Int64 = 3_600
    private var extensions: [String: String] = [:]

    /// - Parameter text: Librdkafka's `sasl.oauthbearer.config`, such as `principal=alice scope=a,b lifeSeconds=60`.
    init(_ text: String) throws(KafkaError) {
        for pair in text.split(separator: " ") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { String($0) }
            // They go into JSON as they are.
            guard parts.count == 2, parts[1].unicodeScalars.allSatisfy({ $0.value > 0x1F && $0 != "\"" && $0 != "\\" })
            else { throw Self.invalid }
            switch parts[0] {
            case "principal": principal = parts[1]
            case "principalClaimName": principalName = parts[1]
            case "scope": scopes = parts[1].split(separator: ",").map { String($0) }
            case "scopeClaimName": scopeName = parts[1]
            case "lifeSeconds":
                guard let seconds = Int64(parts[1]), 1...1_000_000_000 ~= seconds else { throw Self.invalid }
                life = seconds
            case let name where name.hasPrefix("extension_"):
                extensions[String(name.dropFirst("extension_".count))] = parts[1]
            default: throw Self.invalid
            }
        }
        if principal.isEmpty { throw Self.invalid }
    }

    /// The value is not shown: librdkafka takes it for a secret.
    private static var invalid: KafkaError {
        KafkaError(
            .invalidConfiguration,
            "\"sasl.oauthbearer.config\" needs principal=NAME, and takes scope=A,B lifeSeconds=N principalClaimName=NAME "
                + "scopeClaimName=NAME extension_NAME=VALUE beside it"
        )
    }

    /// One that begins now.
    func make() -> OAuthToken {
        let now = WallClock.now
        let end = now + life * 1_000
        var claims = ["\"\(principalName)\":\"\(principal)\"", "\"iat\":\(now / 1_000)", "\"exp\":\(end / 1_000)"]
        if !scopes.isEmpty {
            claims.append("\"\(scopeName)\":[\(scopes.map { "\"\($0)\"" }.joined(separator: ","))]")
        }
        let value = [#"{"alg":"none"}"#, "{\(claims.joined(separator: ","))}"].map { Self.base64($0) }
        return OAuthToken(
            "\(value[0]).\(value[1]).",
            expiration: Timestamp(millisecondsSinceEpoch: end),
            principal: principal,
            extensions: extensions
        )
    }

    /// As RFC 7515 writes it: for URLs, without padding.
    private static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var result = ""
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let group = rest.prefix(3)
            rest = rest.dropFirst(3)
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for position in 0...group.count { result.append(alphabet[bits >> (18 - 6 * position) & 63]) }
        }
        return result
    }
}
