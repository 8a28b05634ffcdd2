// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5)), .serialized, .needsLauncher, .brokerLogs)
struct TokenTests {
    /// Tokens end, and the broker wants a new one on every connection after three seconds: librdkafka 2.0.2 cannot show it
    /// on a connection that stands, so the broker closes that one.
    @Test func messagesOutliveTokensAndReauthentication() async throws {
        let broker = try await SecureCluster.shared
        let server = TokenServer { _ in Token.make(life: .seconds(4)) }
        try await withTopic(on: broker.plainServers) { topic in
            let log = LogBook()
            let producer = try await AsyncProducer(broker.configuration(.tokens, server.security, log))
            let end = ContinuousClock.now + SecureCluster.reauthentication * 3
            var values: [String] = []
            while ContinuousClock.now < end {
                values.append("value \(values.count)")
                try await producer.input.send(ProducerMessage(topic: Topic(topic), value: values.last))
                try await Task.sleep(for: .milliseconds(20))
            }
            try await producer.close()
            expectSettled(producer, accepted: values.count)
            #expect(producer.statistics.failed == 0, "\(log.warnings)")
            let records = try await LogRecord.all(of: topic, on: broker.plainServers)
            #expect(records.compactMap(\.payload) == values)
            // At 80 % of four seconds each.
            #expect(server.calls >= 3)
            // The connection was closed at least twice in between, and every time a new one was authenticated.
            #expect(log.all.contains { $0.error?.code == .transport }, "\(log.warnings)")
        }
    }

    /// librdkafka 2.0.2 crashes where it refreshes those that it makes itself.
    @Test func unsignedTokensAreMadeAndRefreshed() async throws {
        let broker = try await SecureCluster.shared
        try await withTopic(on: broker.plainServers) { topic in
            let log = LogBook()
            var configuration = broker.configuration(.tokens, .plaintext, log)
            configuration.librdkafka = [
                "security.protocol": "sasl_plaintext", "sasl.mechanism": "OAUTHBEARER",
                "enable.sasl.oauthbearer.unsecure.jwt": "true",
                "sasl.oauthbearer.config": "principal=alice lifeSeconds=3",
            ]
            let producer = try await AsyncProducer(configuration)
            for second in 0..<6 {
                let message = ProducerMessage(topic: Topic(topic), value: String(second))
                let result = await outcome(of: message, from: producer)
                #expect(throws: Never.self, "\(log.warnings)") { try result.get() }
                try await Task.sleep(for: .seconds(1))
            }
            try await producer.close()
            #expect(log.warnings.contains { $0.contains("unsigned") })
            #expect(try await LogRecord.all(of: topic, on: broker.plainServers).count == 6)
        }
    }

    @Test func aClosureThatThrowsIsAskedAgain() async throws {
        struct NotNow: Error {}
        let broker = try await SecureCluster.shared
        let server = TokenServer { call in
            if call == 1 { throw NotNow() }
            return Token.make(life: .seconds(60))
        }
        try await withTopic(on: broker.plainServers) { topic in
            let log = LogBook()
            let producer = try await AsyncProducer(broker.configuration(.tokens, server.security, log))
            // It waits for the second call, ten seconds later.
            let result = await outcome(of: ProducerMessage(topic: Topic(topic), value: "v"), from: producer)
            #expect(throws: Never.self, "\(log.warnings)") { try result.get() }
            try await producer.close()
            #expect(log.failure?.securityFailure == .tokenUnavailable)
            #expect(log.failure?.message.contains("NotNow") == true)
            #expect(server.calls == 2)
        }
    }

    @Test func aClosureThatHangsBlocksNothing() async throws {
        let broker = try await SecureCluster.shared
        let gate = Gate()
        let server = TokenServer(timeout: .milliseconds(500)) { _ in
            // Deaf to cancellation as well.
            await gate.wait()
            return Token.make(life: .seconds(60))
        }
        let log = LogBook()
        var configuration = broker.configuration(.tokens, server.security, log)
        configuration.delivery.timeout = .seconds(2)
        let producer = try await AsyncProducer(configuration)
        let result = await outcome(of: ProducerMessage(topic: "t", value: "v"), from: producer)
        let error = #expect(throws: ProducerError.self) { try result.get() }
        #expect(error?.error.securityFailure == .tokenUnavailable, "\(error?.error.message ?? "")")
        #expect(error?.error.message.contains("0.5 seconds") == true)
        let start = ContinuousClock.now
        try await producer.close()
        #expect(ContinuousClock.now - start < .seconds(2))
        expectSettled(producer, accepted: 1)
        #expect(server.calls == 1)
        await gate.open()
    }

    @Test func aTokenThatComesLateIsUsed() async throws {
        let broker = try await SecureCluster.shared
        let server = TokenServer(timeout: .milliseconds(200)) { _ in
            try await Task.sleep(for: .seconds(1))
            return Token.make(life: .seconds(60))
        }
        try await broker.expectDelivery(over: .tokens, server.security)
        #expect(server.calls == 1)
    }

    @Test func aTokenThatIsRefusedIsNamed() async throws {
        let broker = try await SecureCluster.shared
        try await broker.expectFailure(
            over: .tokens,
            TokenServer { _ in OAuthToken("n0t-a-t0ken", expiration: Token.time(in: .seconds(60))) }.security,
            .authenticationFailed,
            "token"
        )
    }

    @Test(.namesCases) func aTokenThatCannotBeIsNamed() async throws {
        let broker = try await SecureCluster.shared
        let tokens = [
            OAuthToken("over", expiration: Token.time(in: .seconds(-60))),
            OAuthToken("a\0b", expiration: Token.time(in: .seconds(60))),
            OAuthToken("t", expiration: Timestamp(millisecondsSinceEpoch: .min)),
            OAuthToken("t", expiration: Timestamp(millisecondsSinceEpoch: .max), extensions: ["auth": "x"]),
            OAuthToken("line\nbreak\u{1}", expiration: Token.time(in: .seconds(60))),
        ]
        await atOnce(tokens) { token in
            try await broker.expectFailure(
                over: .tokens,
                TokenServer { _ in token }.security,
                .tokenUnavailable,
                "token cannot be used"
            )
        }
    }
}

/// Hands out tokens, and counts them.
private final class TokenServer: Sendable {
    private let count = Atomic(0)
    private let timeout: Duration
    private let make: @Sendable (Int) async throws -> OAuthToken

    init(timeout: Duration = .seconds(30), _ make: @escaping @Sendable (_ call: Int) async throws -> OAuthToken) {
        self.timeout = timeout
        self.make = make
    }

    var calls: Int { count.load(ordering: .relaxed) }

    var security: Security {
        .sasl(
            .oauthBearer(timeout: timeout) { [self] in
                try await make(count.add(1, ordering: .relaxed).newValue)
            },
            tls: nil
        )
    }
}

/// Tokens without a signature, which the broker's default for tests takes.
enum Token {
    static func make(life: Duration, subject: String = "alice") -> OAuthToken {
        let end = time(in: life)
        let now = Double(time(in: .zero).millisecondsSinceEpoch) / 1_000
        let claims = #"{"sub":"\#(subject)","iat":\#(now),"exp":\#(Double(end.millisecondsSinceEpoch) / 1_000)}"#
        let parts = [#"{"alg":"none"}"#, claims, ""].map { text in
            Data(text.utf8).base64EncodedString().replacing("=", with: "").replacing("+", with: "-")
                .replacing("/", with: "_")
        }
        return OAuthToken(parts.joined(separator: "."), expiration: end, principal: subject)
    }

    static func time(in duration: Duration) -> Timestamp {
        let now = Date().timeIntervalSince1970 + duration / .seconds(1)
        return Timestamp(millisecondsSinceEpoch: Int64(now * 1_000))
    }
}

/// Holds tasks until it opens.
private actor Gate {
    private var isOpen = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        if !isOpen { await withCheckedContinuation { waiters.append($0) } }
    }

    func open() {
        isOpen = true
        for waiter in waiters { waiter.resume() }
        waiters = []
    }
}
