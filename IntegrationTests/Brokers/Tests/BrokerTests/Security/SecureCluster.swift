// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import KafkaAsyncProducer

/// One broker with a listener for every kind of security, for all tests about it; it ends with the process.
struct SecureCluster: Sendable {
    enum Listener: String, CaseIterable {
        case plaintext = "PLAIN"
        case tls = "TLS"
        /// Its certificate is for other hosts.
        case elsewhere = "ELSEWHERE"
        case expired = "EXPIRED"
        /// It wants a client certificate.
        case mutual = "MUTUAL"
        case sasl = "SASL"
        case saslTLS = "SASLTLS"
        /// Tokens; after ``reauthentication`` a client must show a new one.
        case tokens = "TOKENS"
    }

    static let passwords = ["alice": "alice-s3cret", "bob": "bob-s3cret", "eve": "eve-s3cret"]
    static let reauthentication = Duration.seconds(3)

    let cluster: Cluster
    let certificates: Certificates

    /// Where to connect.
    func servers(_ listener: Listener) -> [String] {
        ["localhost:\(cluster.port(listener: listener.rawValue, broker: 1))"]
    }

    /// The launcher's own listener, for topics and for reading back.
    var plainServers: [String] { cluster.bootstrapServers() }

    /// Whether the broker is older than Kafka 4, where SCRAM of librdkafka 2.0.2 does not work.
    var knowsOldSCRAM: Bool { cluster.distribution.majorVersion < 4 }

    static var shared: SecureCluster {
        get async throws { try await Shared.instance.cluster() }
    }

    private actor Shared {
        static let instance = Shared()
        private var launch: Task<SecureCluster, any Error>?

        func cluster() async throws -> SecureCluster {
            let launch = launch ?? Task { try await SecureCluster.launch() }
            self.launch = launch
            return try await launch.value
        }
    }

    private static func launch() async throws -> SecureCluster {
        let certificates = try await Certificates.make()
        var configuration = ClusterConfiguration(brokers: 1)
        configuration.listeners = Listener.allCases.map { listener in
            var result = ClusterConfiguration.Listener(listener.rawValue, listener.securityProtocol)
            result.properties = listener.properties(certificates)
            result.advertisedHost = "localhost"
            return result
        }
        configuration.useAuthorizer()
        configuration.scramUsers = ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap { mechanism in
            passwords.map { .init(mechanism, name: $0.key, password: $0.value) }
        }
        let cluster = try await Cluster.launch(configuration, on: Brokers.distribution)
        return SecureCluster(cluster: cluster, certificates: certificates)
    }
}

extension SecureCluster.Listener {
    fileprivate var securityProtocol: ClusterConfiguration.Listener.SecurityProtocol {
        switch self {
        case .plaintext: .plaintext
        case .tls, .elsewhere, .expired, .mutual: .ssl
        case .sasl, .tokens: .saslPlaintext
        case .saslTLS: .saslSSL
        }
    }

    private var certificate: String? {
        switch self {
        case .tls, .mutual, .saslTLS: "broker.pem"
        case .elsewhere: "elsewhere.pem"
        case .expired: "expired.pem"
        case .plaintext, .sasl, .tokens: nil
        }
    }

    fileprivate func properties(_ certificates: Certificates) -> [String: String] {
        var properties: [String: String] = [:]
        if let certificate {
            properties["ssl.keystore.type"] = "PEM"
            properties["ssl.keystore.location"] = certificates.path(certificate)
            properties["ssl.truststore.type"] = "PEM"
            properties["ssl.truststore.location"] = certificates.authority
            if self == .mutual { properties["ssl.client.auth"] = "required" }
        }
        let modules = "org.apache.kafka.common.security"
        switch self {
        case .sasl, .saslTLS:
            let users = SecureCluster.passwords.map { "user_\($0.key)=\"\($0.value)\"" }.sorted()
            properties["sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
            properties["plain.sasl.jaas.config"] =
                "\(modules).plain.PlainLoginModule required \(users.joined(separator: " "));"
            for mechanism in ["scram-sha-256", "scram-sha-512"] {
                properties["\(mechanism).sasl.jaas.config"] = "\(modules).scram.ScramLoginModule required;"
            }
        case .tokens:
            properties["sasl.enabled.mechanisms"] = "OAUTHBEARER"
            properties["oauthbearer.sasl.jaas.config"] =
                "\(modules).oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";"
            let limit = SecureCluster.reauthentication.components.seconds * 1_000
            properties["oauthbearer.connections.max.reauth.ms"] = String(limit)
        default: break
        }
        return properties
    }
}
