// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// Loads in transactions, as readers of committed records see them; kcat is one unless it is told otherwise.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsBroker, .needsCommand, .brokerLogs)
struct CommandTransactionTests {
    private func produce(_ servers: [String], _ topic: String, _ options: [String]) -> [String] {
        ["produce", "-b", servers.joined(separator: ","), "-t", topic, "--transactional-id", topic] + options
    }

    private func numbers(_ topic: String, _ servers: [String]) async throws -> [Int] {
        try await LogRecord.all(of: topic, on: servers).compactMap { $0.payload.flatMap { Int($0) } }
    }

    private func uncommitted(_ topic: String, _ servers: [String]) async throws -> Int {
        let format = ["-f", "%s\n", "-X", "isolation.level=read_uncommitted"]
        return try await LogRecord.consume(format, topic, servers).output.split(separator: 10).count
    }

    @Test func aLoadIsAllOrNothing() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, settings: ["max.message.bytes": "20000"]) { topic in
            let good = (0..<20_000).map { "\($0)\n" }
            let bad = good[..<15_000] + ["\(String(repeating: "x", count: 30_000))\n"] + good[15_000...]
            let batches = ["-X", "batch.size=10000"]
            let failed = try await Kprod.run(produce(servers, topic, batches), input: .text(bad.joined()))
            #expect(failed.status == 1 && !failed.isSignal, "\(failed.errors)")
            #expect(try failed.number("delivered") == 0 && failed.number("failed") >= 1, "\(failed.errors)")
            #expect(try await uncommitted(topic, servers) > 0)
            #expect(try await numbers(topic, servers).isEmpty)

            let whole = try await Kprod.run(produce(servers, topic, batches), input: .text(good.joined()))
            #expect(whole.isSuccess, "\(whole.errors)")
            #expect(try whole.number("delivered") == 20_000)
            #expect(whole.errors.contains("transactions: 1 committed, 0 aborted"))
            #expect(try await numbers(topic, servers) == Array(0..<20_000))
        }
    }

    /// Killed again and again: what was open is never visible, and what was committed is sent again only by a run that died
    /// between a commit and its checkpoint.
    @Test func aKilledLoadGoesOn() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers) { topic in
            let folder = try FileManager.default.makeTemporaryFolder("kprod")
            defer { try? FileManager.default.removeItem(at: folder) }
            let (count, size, input) = (40_000, 2_000, folder.appending(path: "input"))
            let checkpoint = folder.appending(path: "c")
            try Data((0..<count).map { "\($0)\n" }.joined().utf8).write(to: input)
            let words = produce(
                servers,
                topic,
                ["--txn-size", "\(size)", "--checkpoint", checkpoint.path, "--resume", input.path]
            )
            for round in 1...3 {
                let kprod = try Kprod.start(words + ["--rate", "20000/s"], input: .none)
                try await eventually("it has come so far") {
                    try done(checkpoint) >= round * 3 * size || !kprod.isRunning
                }
                kprod.signal(SIGKILL)
                #expect(try await kprod.finish().isSignal)
                #expect(try done(checkpoint) % size == 0)
            }
            let rest = try await Kprod.run(words)
            #expect(rest.isSuccess, "\(rest.errors)")
            let numbers = try await numbers(topic, servers)
            #expect(Set(numbers) == Set(0..<count))
            let twice = numbers.count - count
            #expect(twice % size == 0 && twice <= 3 * size, "\(twice) are there twice")
        }
    }

    private func done(_ file: URL) throws -> Int {
        guard let data = try? Data(contentsOf: file) else { return 0 }
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return try #require((object["inputs"] as? [[String: Any]])?.first?["acked_records"] as? Int)
    }

    /// The one that comes later has the name; the other says why it ends.
    @Test func anotherProcessWithTheSameNameTakesOver() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers) { topic in
            let first = try Kprod.start(
                produce(servers, topic, ["--progress", "json", "--stats-interval", "100ms"]),
                input: .pipe
            )
            first.write(Data("first\n".utf8))
            try await eventually("it has sent") { first.errorsSoFar.contains("\"delivered\":1,") }
            let second = try await Kprod.run(produce(servers, topic, []), input: .text("second\n"))
            #expect(second.isSuccess, "\(second.errors)")
            first.write(Data("more\n".utf8))
            first.closeInput()
            let outcome = try await first.finish()
            #expect(!outcome.isSuccess && !outcome.isSignal, "\(outcome.errors)")
            #expect(try outcome.number("delivered") == 0)
            #expect(outcome.errors.contains("--transactional-id"), "\(outcome.errors)")
            #expect(try await LogRecord.all(of: topic, on: servers).map(\.payload) == ["second"])
        }
    }
}
