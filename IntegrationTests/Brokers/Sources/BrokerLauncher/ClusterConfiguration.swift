// SPDX-License-Identifier: Apache-2.0

/// What kind of cluster a test needs.
package struct ClusterConfiguration: Sendable {
    /// How many brokers.
    package var brokers: Int
    /// Whether the controller is a node of its own; otherwise every broker is one too. With a controller of its own a
    /// cluster keeps working when most of its brokers are down.
    package var hasOwnController = false
    /// Listeners for clients, beside the launcher's own, which is plaintext and called `LAUNCHER`.
    package var listeners: [Listener] = []
    /// Properties of every node, over the launcher's.
    package var properties: [String: String] = [:]
    /// Users for SCRAM.
    package var scramUsers: [ScramUser] = []
    /// A disk of this size of its own for the data of the first broker, in the notation of tmpfs, such as `32m`. Needs
    /// the right to mount: see ``Cluster/mayMount``.
    package var firstBrokerDiskSize: String?
    /// Whether brokers run as in production, with Java's own choice of compiler and collector and 1 GiB of heap.
    /// Otherwise they start as quickly as they can.
    package var isForMeasuring = false

    package init(brokers: Int = 1) { self.brokers = brokers }

    /// Where clients connect.
    package struct Listener: Sendable {
        /// Kafka's security protocols.
        package enum SecurityProtocol: String, Sendable {
            case plaintext = "PLAINTEXT"
            case ssl = "SSL"
            case saslPlaintext = "SASL_PLAINTEXT"
            case saslSSL = "SASL_SSL"
        }

        /// Its name, in capitals.
        package var name: String
        package var securityProtocol: SecurityProtocol
        /// Properties of this listener, without the `listener.name.NAME.` in front.
        package var properties: [String: String]
        /// The host that brokers tell clients to connect to.
        package var advertisedHost = "127.0.0.1"
        /// The ports that brokers tell clients to connect to, in the order of the brokers, when something stands in
        /// between.
        package var advertisedPorts: [UInt16]?

        package init(_ name: String, _ securityProtocol: SecurityProtocol, properties: [String: String] = [:]) {
            self.name = name
            self.securityProtocol = securityProtocol
            self.properties = properties
        }
    }

    /// A user whose password the cluster knows from the start.
    package struct ScramUser: Sendable {
        package var mechanism: String
        package var name: String
        package var password: String

        /// - Parameter mechanism: `SCRAM-SHA-256` or `SCRAM-SHA-512`.
        package init(_ mechanism: String, name: String, password: String) {
            self.mechanism = mechanism
            self.name = name
            self.password = password
        }
    }
}

extension ClusterConfiguration {
    /// Turns ACLs on: who is not named may do everything on topics without an ACL, and the launcher's own listener
    /// (`User:ANONYMOUS`) may do everything.
    package mutating func useAuthorizer() {
        properties["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
        properties["super.users"] = "User:ANONYMOUS"
        properties["allow.everyone.if.no.acl.found"] = "true"
    }
}
