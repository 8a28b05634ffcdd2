// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import LineIngest

/// A server in this process, on TCP and a Unix socket, in front of a mock cluster.
struct Fixture: Sendable {
    let cluster: MockCluster
    let server: Server
    let port: UInt16
    let path: String

    /// - Returns: How the server ended.
    @discardableResult
    static func run(
        limits: Limits = Limits(),
        brokers: Int = 3,
        maximumMessages: Int = 100_000,
        prepare: (MockCluster) async throws -> Void = { _ in },
        _ body: (Fixture) async throws -> Void
    ) async throws -> Server.Result {
        signal(SIGPIPE, SIG_IGN)
        let folder = FileManager.default.temporaryDirectory.path + "/line-ingest-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await withMockCluster(brokers: brokers, topics: ["lines": 3]) { cluster in
            try await prepare(cluster)
            var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
            configuration.returns.successes = .always
            configuration.buffering.maximumMessages = maximumMessages
            configuration.logHandler = { _ in }
            let producer = try await AsyncProducer(configuration)
            let listeners = [
                try Listener(.tcp(host: "127.0.0.1", port: "0")), try Listener(.unix(path: "\(folder)/socket")),
            ]
            let server = try Server(producer, topic: "lines", listeners: listeners, limits: limits, folder: folder)
            let fixture = Fixture(
                cluster: cluster,
                server: server,
                port: try #require(listeners[0].port),
                path: "\(folder)/socket"
            )
            async let result = server.run()
            do {
                try await body(fixture)
            } catch {
                server.shared.stops.ask(.quit)
                _ = await result
                throw error
            }
            server.shared.stops.ask(.quit)
            return await result
        }
    }

    var counters: Counters.Values { server.shared.counters.current }

    /// Runs what waits in reads on a thread of its own.
    func client<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}

/// Waits for a condition, not for a time.
func eventually(_ patience: Duration = .seconds(30), _ condition: () async throws -> Bool) async rethrows -> Bool {
    let end = ContinuousClock.now + patience
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return try await condition()
}
