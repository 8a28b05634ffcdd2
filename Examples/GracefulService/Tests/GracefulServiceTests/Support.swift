// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Synchronization
import Testing

@testable import GracefulService

/// A folder that is gone after the test.
final class TestFolder: Sendable {
    private let url = FileManager.default.temporaryDirectory.appendingPathComponent("graceful-\(UUID().uuidString)")

    init() { try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}

func eventually(
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        try #require(ContinuousClock.now < end, what, sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// A service in this process, with lines from the test.
struct TestService {
    let service: Service
    private let answered: Collector
    private let logged: Collector

    final class Collector: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ new: [String]) { lines.withLock { $0 += new } }
        var all: [String] { lines.withLock { $0 } }
    }

    init(
        _ cluster: MockCluster,
        spool: String,
        timeout: Duration = .seconds(20),
        attempts: Int = 3,
        recovery: AsyncProducer.Configuration.Recovery = .none,
        maximumForSpool: Int = 10_000
    ) {
        var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
        configuration.delivery.timeout = timeout
        configuration.recovery = recovery
        configuration.logHandler = { _ in }
        var settings = Service.Settings()
        settings.policy.maximumAttempts = attempts
        settings.maximumForSpool = maximumForSpool
        settings.stop = StopBudget(total: .seconds(4))
        let (answered, logged) = (Collector(), Collector())
        self.answered = answered
        self.logged = logged
        service = Service(
            configuration,
            settings: settings,
            spool: Spool(path: spool),
            answer: { answered.add($0) },
            log: { logged.add([$0]) }
        )
    }

    var answers: [String] { answered.all.sorted() }
    var log: [String] { logged.all }

    /// Takes these lines; returns when all are safe, or after ``Service/stop``.
    func run(_ lines: [String]) async throws -> Bool {
        let rest = Mutex(lines[...])
        return try await service.run(Lines { rest.withLock { $0.popFirst() } })
    }
}
