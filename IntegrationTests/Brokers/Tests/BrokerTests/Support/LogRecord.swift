// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// A record as kcat reads it from the log: a client that shares no code with this package.
struct LogRecord: Sendable, Decodable, Equatable {
    let partition: Int32
    let offset: Int64
    /// Milliseconds since the epoch.
    let ts: Int64
    /// `create` or `logappend`.
    let tstype: String
    let key: String?
    let payload: String?
    /// Names and values in turn.
    let headers: [String?]?

    /// Everything in a topic, partition by partition and in order.
    static func all(of topic: String, on servers: [String]) async throws -> [LogRecord] {
        let outcome = try await consume(["-J"], topic, servers)
        let decoder = JSONDecoder()
        return try outcome.output.split(separator: UInt8(ascii: "\n"))
            .map { try decoder.decode(LogRecord.self, from: $0) }
            .sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    /// Runs kcat over everything in a topic.
    static func consume(
        _ format: [String],
        _ topic: String,
        _ servers: [String]
    ) async throws -> ToolProcess.Outcome {
        let outcome = try await ToolProcess.run(
            ["kcat", "-C", "-e", "-q", "-o", "beginning", "-X", "fetch.wait.max.ms=10", "-t", topic]
                + ["-b", servers.joined(separator: ",")] + format
        )
        try #require(outcome.isSuccess, "kcat: \(outcome.errors)")
        return outcome
    }
}
