// SPDX-License-Identifier: Apache-2.0

/// Who runs a scenario.
public enum Implementation: String, Codable, Sendable, CaseIterable {
    /// `rd_kafka_produce` and a delivery report callback.
    case c
    /// `rd_kafka_produce_batch` and a delivery report callback.
    case cBatch = "c-batch"
    /// `kcat -P -l FILE`.
    case kcat
    /// franz-go.
    case franz
    /// Sarama.
    case sarama
    /// rust-rdkafka, its threaded producer.
    case rust
    /// Kafka's own client.
    case java
    /// This library, in the scenario that another is compared with.
    case reference
    /// This library.
    case swift
    /// The command on this library.
    case kprod

    /// Whether it is what is compared with all others.
    public var isOurs: Bool { self == .swift || self == .kprod }

    /// Clients in other languages, which are programs from elsewhere.
    public static let peers: [Implementation] = [.franz, .sarama, .rust, .java]

    /// Whether it is one of ``peers``.
    public var isPeer: Bool { Self.peers.contains(self) }

    /// Whether it is measured from outside, as a whole process, its start included.
    public var isMeasuredWhole: Bool { isPeer || self == .kcat || self == .kprod }

    /// What the tables call it.
    public var title: String {
        switch self {
        case .c: "produce"
        case .cBatch: "produce_batch"
        case .kcat, .kprod, .sarama, .java: rawValue
        case .franz: "franz-go"
        case .rust: "rust-rdkafka"
        case .swift, .reference: "Swift"
        }
    }
}
