// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import KafkaAsyncProducer
import Synchronization
import Testing

typealias Security = AsyncProducer.Configuration.Security

/// Everything a producer logs.
final class LogBook: Sendable {
    private let entries = Mutex<[LogEntry]>([])

    func write(_ entry: LogEntry) { entries.withLock { $0.append(entry) } }

    var all: [LogEntry] { entries.withLock { $0 } }

    var warnings: [String] { all.filter { $0.level >= .warning }.map(\.message) }

    /// The first error whose cause is known.
    var failure: KafkaError? { all.lazy.compactMap(\.error).first { $0.securityFailure != nil } }
}

extension SecureCluster {
    func configuration(_ listener: Listener, _ security: Security, _ log: LogBook? = nil) -> AsyncProducer.Configuration
    {
        var configuration = AsyncProducer.Configuration(bootstrapServers: servers(listener))
        configuration.security = security
        configuration.batching.linger = .milliseconds(2)
        configuration.logHandler = { entry in log?.write(entry) }
        return configuration
    }

    /// Sends one message over a secured connection, and finds it in the log with another client.
    func expectDelivery(
        over listener: Listener,
        _ security: Security,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let log = LogBook()
        try await withTopic(on: plainServers) { topic in
            let producer = try await AsyncProducer(configuration(listener, security, log))
            let value = UUID().uuidString
            let result = await outcome(of: ProducerMessage(topic: Topic(topic), value: value), from: producer)
            #expect(throws: Never.self, "\(log.warnings)", sourceLocation: sourceLocation) { try result.get() }
            try await producer.close()
            expectSettled(producer, accepted: 1, sourceLocation: sourceLocation)
            let records = try await LogRecord.all(of: topic, on: plainServers)
            #expect(records.map(\.payload) == [value], sourceLocation: sourceLocation)
        }
    }

    /// Tries to send one message, and expects a cause in the log and in the outcome, which both name a next step.
    func expectFailure(
        over listener: Listener,
        _ security: Security,
        _ failure: SecurityFailure,
        _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let log = LogBook()
        var configuration = configuration(listener, security, log)
        configuration.delivery.timeout = .milliseconds(1_500)
        let producer = try await AsyncProducer(configuration)
        let result = await outcome(of: ProducerMessage(topic: "t", value: "v"), from: producer)
        try await producer.close()
        expectSettled(producer, accepted: 1, sourceLocation: sourceLocation)
        let comment = Comment(
            rawValue: log.all.map { "\($0.level) \($0.facility) \($0.message)" }.joined(separator: "\n")
        )
        #expect(log.failure?.securityFailure == failure, comment, sourceLocation: sourceLocation)
        let error = #expect(throws: ProducerError.self, sourceLocation: sourceLocation) { try result.get() }
        #expect(error?.error.code == .messageTimedOut, sourceLocation: sourceLocation)
        #expect(
            error?.error.securityFailure == failure,
            "\(error?.error.message ?? "")",
            sourceLocation: sourceLocation
        )
        #expect(error?.persistence == .notPersisted, sourceLocation: sourceLocation)
        for text in [log.failure?.message, error?.error.message] {
            #expect(words.allSatisfy { text?.contains($0) == true }, "\(text ?? "")", sourceLocation: sourceLocation)
        }
    }
}
