// SPDX-License-Identifier: Apache-2.0

#if LoggingSupport
import InMemoryLogging
import KafkaAsyncProducer
import Logging
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoggingTests {
    private func logger(_ handler: InMemoryLogHandler) -> Logger {
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = .trace
        return logger
    }

    @Test func aLineHasItsLevelAndWhatIsKnownOfIt() throws {
        let handler = InMemoryLogHandler()
        var configuration = AsyncProducer.Configuration(bootstrapServers: [])
        configuration.logHandler = .swiftLog(logger(handler))
        let write = try #require(configuration.logHandler)
        let refused = KafkaError(.authentication, "refused", securityFailure: .authenticationFailed)
        write(
            LogEntry(level: .error, facility: "FATAL", message: "over", error: KafkaError(.forked, "", isFatal: true))
        )
        write(LogEntry(level: .warning, facility: "ERROR", message: "broken", error: refused))
        write(LogEntry(level: .info, facility: "CONFIG", message: "noted"))
        write(LogEntry(level: .debug, facility: "BRKMAIN", message: "detail"))
        #expect(handler.entries.map(\.level) == [.error, .info, .debug, .trace])
        #expect(handler.entries.map { "\($0.message)" } == ["over", "broken", "noted", "detail"])
        #expect(handler.entries[1].metadata["kafka.facility"] == "ERROR")
        #expect(handler.entries[1].metadata["error.type"] == "_AUTHENTICATION")
        #expect(handler.entries[1].metadata["kafka.error.security"] == "\(SecurityFailure.authenticationFailed)")
        #expect(handler.entries[2].metadata["error.type"] == nil)
    }

    @Test func levelsAreTheUsersToChoose() throws {
        let handler = InMemoryLogHandler()
        let write = try #require(Optional.swiftLog(logger(handler)) { $0.level >= .warning ? .critical : .trace })
        write(LogEntry(level: .warning, facility: "ERROR", message: "broken"))
        #expect(handler.entries.map(\.level) == [.critical])
    }

    @Test func whatLibrdkafkaSaysArrives() async throws {
        let handler = InMemoryLogHandler()
        // Nobody listens on the port of multiplexers.
        var configuration = AsyncProducer.Configuration(bootstrapServers: ["127.0.0.1:1"])
        configuration.logHandler = .swiftLog(logger(handler))
        let producer = try await AsyncProducer(configuration)
        try await eventually("an error of the connection") {
            handler.entries.contains { $0.metadata["error.type"] == "_TRANSPORT" && $0.level == .info }
        }
        try await producer.close()
    }
}
#endif
