// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// What becomes of a thousand messages, by how a program ends.
struct Losses: Sendable {
    /// How a program lets go of its producer.
    enum Ending: String, CaseIterable, Sendable {
        case asyncClose = "asyncClose(), nobody reads errors"
        case asyncCloseAndRead = "asyncClose(), errors read afterwards"
        case close = "close(), nobody reads errors"
        case closeBesideReader = "close() beside a reader of errors"
        case dropped = "the last reference dropped"
    }

    struct Row: Sendable, Equatable {
        var accepted = 0
        var delivered = 0
        /// Failures that the program was handed, whole.
        var told = 0
        /// Failures that it could read in the statistics.
        var counted = 0
        /// Nobody knows of them.
        var unaccounted: Int { accepted - delivered - counted }
    }

    /// Ten of the messages can never be delivered, as their partition does not exist.
    static func row(_ ending: Ending, _ brokers: [String], deadline: Duration) async throws -> Row {
        var producer: AsyncProducer? = try await makeProducer(brokers)
        for number in 0..<1_000 {
            let message = ProducerMessage(
                topic: "orders",
                partition: number % 100 == 0 ? 77 : nil,
                value: "order \(number)"
            )
            try await producer?.input.send(message)
        }
        let accepted = producer?.statistics.accepted ?? 0
        let told = try await end(&producer, ending, deadline)
        // Its last words, where there is still somebody to ask.
        let statistics = producer?.statistics
        return Row(
            accepted: accepted,
            delivered: statistics?.succeeded ?? 0,
            told: told,
            counted: statistics?.failed ?? 0
        )
    }

    private static func makeProducer(_ brokers: [String]) async throws(KafkaError) -> AsyncProducer {
        var configuration = AsyncProducer.Configuration(bootstrapServers: brokers)
        // The brokers that are down on purpose are not news.
        configuration.logHandler = { _ in }
        return try await AsyncProducer(configuration)
    }

    /// - Returns: How many failures came to the program.
    private static func end(
        _ producer: inout AsyncProducer?,
        _ ending: Ending,
        _ deadline: Duration
    ) async throws -> Int {
        guard let open = producer else { return 0 }
        switch ending {
        case .asyncClose:
            open.asyncClose()
            // A program that ends here loses what is in flight; this one waits, as long as a close would.
            try? await open.flush(deadline: deadline)
            return 0
        case .asyncCloseAndRead:
            open.asyncClose()
            try? await open.flush(deadline: deadline)
            open.abort()
            return await open.errors.reduce(into: 0) { count, _ in count += 1 }
        case .close:
            do throws(CloseError) {
                try await open.close(deadline: deadline)
                return 0
            } catch {
                guard case .undelivered(let failures) = error else { throw error }
                return failures.errors.count
            }
        case .closeBesideReader:
            async let failures = open.errors.reduce(into: 0) { count, _ in count += 1 }
            try await open.close(deadline: deadline)
            return await failures
        case .dropped:
            producer = nil
            return 0
        }
    }
}
