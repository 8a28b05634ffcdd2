// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization
import Testing

/// What needs no broker: librdkafka asks for a token before it connects.
@Suite struct TokenClosureTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[LogEntry]>([])
        func write(_ line: LogEntry) { lines.withLock { $0.append(line) } }
        var failures: [KafkaError] {
            lines.withLock { $0.compactMap(\.error).filter { $0.securityFailure == .tokenUnavailable } }
        }
    }

    private func makeProducer(
        _ lines: Lines,
        timeout: Duration = .seconds(30),
        _ fetch: @escaping @Sendable () async throws -> OAuthToken
    ) async throws -> AsyncProducer {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.security = .sasl(.oauthBearer(timeout: timeout, fetch: fetch), tls: nil)
        configuration.logHandler = { lines.write($0) }
        return try await AsyncProducer(configuration)
    }

    @Test func whatTheClosureThrowsIsInTheLog() async throws {
        struct Closed: Error {}
        let lines = Lines()
        let producer = try await makeProducer(lines) { throw Closed() }
        try await eventually("the failure") { !lines.failures.isEmpty }
        #expect(lines.failures.first?.code == .authentication)
        #expect(lines.failures.first?.message.contains("Closed") == true)
        try await producer.close()
    }

    @Test func closingCancelsTheClosure() async throws {
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        let producer = try await makeProducer(Lines()) {
            start.yield()
            try? await Task.sleep(for: .seconds(600))
            end.yield(Task.isCancelled)
            throw CancellationError()
        }
        for await _ in starts.prefix(1) {}
        try await producer.close()
        for await isCancelled in ends.prefix(1) { #expect(isCancelled) }
    }

    @Test func aClosureThatNeverEndsKeepsNeitherCloseNorTheProducer() async throws {
        let (gates, gate) = AsyncStream.makeStream(of: Void.self)
        let lines = Lines()
        var producer: AsyncProducer? = try await makeProducer(lines, timeout: .milliseconds(50)) {
            // Deaf to cancellation.
            await Task.detached { for await _ in gates {} }.value
            throw CancellationError()
        }
        try await eventually("the time-out") { !lines.failures.isEmpty }
        try await producer?.close()
        weak let abandoned = producer
        producer = nil
        #expect(abandoned == nil)
        gate.finish()
    }

    @Test func aTokenThatHasEndedIsNamed() async throws {
        let lines = Lines()
        let producer = try await makeProducer(lines) {
            OAuthToken("c4n4ry-t0ken", expiration: Timestamp(millisecondsSinceEpoch: 1))
        }
        try await eventually("the failure") { !lines.failures.isEmpty }
        #expect(lines.failures.first?.message.contains("unexpired") == true)
        #expect(lines.failures.first?.message.contains("c4n4ry") == false)
        try await producer.close()
    }

    @Test(arguments: ["", "scope=a", "principal=", "principal=a lifeSeconds=0", "principal=a b=c", "principal=a\"b"])
    func unsignedTokensNeedAName(config: String) async {
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.librdkafka = [
            "security.protocol": "sasl_plaintext", "sasl.mechanism": "OAUTHBEARER",
            "enable.sasl.oauthbearer.unsecure.jwt": "true", "sasl.oauthbearer.config": config,
        ]
        let error = await #expect(throws: KafkaError.self) { _ = try await AsyncProducer(configuration) }
        #expect(error?.message.contains("sasl.oauthbearer.config") == true)
    }
}
