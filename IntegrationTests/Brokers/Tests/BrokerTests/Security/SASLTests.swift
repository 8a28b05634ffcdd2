// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized, .needsLauncher, .brokerLogs)
struct SASLTests {
    private static let password = SecureCluster.passwords["alice"] ?? ""

    private static let scram: [@Sendable (String, String) -> Security.SASL] = [
        { .scramSHA256(username: $0, password: $1) }, { .scramSHA512(username: $0, password: $1) },
    ]

    @Test func aPasswordIsProvedInTheClearAndOverTLS() async throws {
        let broker = try await SecureCluster.shared
        let sasl = Security.SASL.plain(username: "alice", password: Self.password)
        try await broker.expectDelivery(over: .sasl, .sasl(sasl, tls: nil))
        try await broker.expectDelivery(
            over: .saslTLS,
            .sasl(sasl, tls: .init(authorities: .file(broker.certificates.authority)))
        )
    }

    @Test func aPasswordInTheClearIsWarnedAbout() async throws {
        let broker = try await SecureCluster.shared
        let log = LogBook()
        let sasl = Security.SASL.plain(username: "alice", password: Self.password)
        let producer = try await AsyncProducer(broker.configuration(.sasl, .sasl(sasl, tls: nil), log))
        try await producer.close()
        try await eventually("it is said") { log.warnings.contains { $0.contains("unencrypted") } }
    }

    @Test func aWrongPasswordIsNamed() async throws {
        let broker = try await SecureCluster.shared
        for name in ["alice", "nobody"] {
            try await broker.expectFailure(
                over: .sasl,
                .sasl(.plain(username: name, password: "wr0ng-pass"), tls: nil),
                .authenticationFailed,
                "password"
            )
        }
    }

    @Test func aMechanismThatIsNotOfferedIsNamed() async throws {
        let broker = try await SecureCluster.shared
        try await broker.expectFailure(
            over: .tokens,
            .sasl(.plain(username: "alice", password: Self.password), tls: nil),
            .mechanismNotEnabled,
            "PLAIN"
        )
        try await broker.expectFailure(over: .sasl, .plaintext, .brokerRequiresSASL, "security.sasl")
    }

    @Test func scramWorksBeforeKafka4() async throws {
        let broker = try await SecureCluster.shared
        for sasl in Self.scram {
            let right = Security.sasl(sasl("alice", Self.password), tls: nil)
            if broker.knowsOldSCRAM {
                try await broker.expectDelivery(over: .sasl, right)
            } else {
                try await broker.expectFailure(over: .sasl, right, .authenticationFailed, "2.6.1", "Kafka 4")
            }
            let wrong = Security.sasl(sasl("alice", "wr0ng-pass"), tls: nil)
            try await broker.expectFailure(over: .sasl, wrong, .authenticationFailed, "SCRAM")
        }
    }
}
