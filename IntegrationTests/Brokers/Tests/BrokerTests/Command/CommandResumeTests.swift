// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// Order, going on after an end in the middle, and processes that share their files, as a real log shows them.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsBroker, .needsCommand, .brokerLogs)
struct CommandResumeTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = try FileManager.default.makeTemporaryFolder("kprod")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    private func produce(_ servers: [String], _ topic: String) -> [String] {
        ["produce", "-b", servers.joined(separator: ","), "-t", topic]
    }

    private func objects(_ file: URL) throws -> [[String: Any]] {
        try Data(contentsOf: file).split(separator: 10).map {
            try #require(try JSONSerialization.jsonObject(with: $0) as? [String: Any], "no whole line in \(file)")
        }
    }

    /// Killed again and again: each run goes on, nothing is missing, and what is there twice was not known to be there.
    @Test func aKilledRunGoesOn() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers) { topic in
            try await withFolder { folder in
                let (count, input) = (60_000, folder.appending(path: "input"))
                try Data((0..<count).map { "k\($0 % 9):\($0)\n" }.joined().utf8).write(to: input)
                let files = ["--checkpoint", folder.appending(path: "c").path, "--resume"]
                let words = produce(servers, topic) + ["-K:"] + files + [input.path]
                for round in 0..<3 {
                    let kprod = try Kprod.start(words + ["--rate", "20000/s"], input: .none)
                    let least = 5_000 * (round + 1)
                    try await eventually("it has come so far") {
                        try checkpoint(folder.appending(path: "c")) >= least || !kprod.isRunning
                    }
                    kprod.signal(SIGKILL)
                    let outcome = try await kprod.finish()
                    #expect(outcome.isSignal && outcome.status == SIGKILL, "\(outcome.errors)")
                }
                let done = try checkpoint(folder.appending(path: "c"))
                let outcome = try await Kprod.run(words)
                #expect(outcome.isSuccess, "\(outcome.errors)")
                #expect(try outcome.number("delivered") <= count - done, "what is done is not sent again")
                let again = try await Kprod.run(words)
                #expect(try again.isSuccess && again.number("delivered") == 0, "\(again.errors)")

                let numbers = try await LogRecord.all(of: topic, on: servers).compactMap {
                    $0.payload.flatMap { Int($0) }
                }
                #expect(Set(numbers) == Set(0..<count))
                #expect(firstTimes(numbers) == Array(0..<count), "in order, apart from what came again")
            }
        }
    }

    /// Behind the first of the records of a file that is not done.
    private func checkpoint(_ file: URL) throws -> Int {
        guard let data = try? Data(contentsOf: file) else { return 0 }
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let inputs = try #require(object["inputs"] as? [[String: Any]])
        return try #require(inputs.first?["acked_records"] as? Int)
    }

    private func firstTimes(_ numbers: [Int]) -> [Int] {
        var seen: Set<Int> = []
        return numbers.filter { seen.insert($0).inserted }
    }

    /// A record that the topic refuses takes its batch with it; what is sent again must not overtake its key.
    @Test(arguments: [[], ["-X", "enable.idempotence=false"]]) func recordsOfAKeyKeepTheirOrder(options: [String])
        async throws
    {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, settings: ["max.message.bytes": "20000"]) { topic in
            try await withFolder { folder in
                let letters = folder.appending(path: "letters")
                let long = String(repeating: "x", count: 30_000)
                let lines = (0..<3_000).map { "k\($0 % 7):\($0)\($0 % 500 == 250 ? long : "")\n" }.joined()
                let outcome = try await Kprod.run(
                    produce(servers, topic) + ["-K:", "-X", "batch.size=15000", "--dead-letter", letters.path]
                        + options,
                    input: .text(lines)
                )
                #expect(outcome.status == 1 && !outcome.isSignal, "\(outcome.errors)")
                let failed = try outcome.number("failed")
                #expect(try outcome.number("delivered") + failed == 3_000)
                let kept = try objects(letters).filter { $0["kprod_dead_letters"] == nil }
                #expect(kept.count == failed && failed >= 6)
                let records = try await LogRecord.all(of: topic, on: servers)
                #expect(records.count == 3_000 - failed)
                for (key, records) in Dictionary(grouping: records, by: \.key) {
                    let numbers = records.compactMap { $0.payload.flatMap { Int($0) } }
                    #expect(numbers == numbers.sorted(), "\(key ?? "")")
                }
                // Asked to, it sends what was innocent again: only the guilty are left.
                let other = try await Kprod.run(
                    produce(servers, topic) + ["-K:", "-X", "batch.size=15000", "--resend"] + options,
                    input: .text(lines)
                )
                #expect(try other.number("failed") == 6, "\(other.errors)")
            }
        }
    }

    /// Two at once, with one report and one file for what failed: whole lines of both, and each outcome once.
    @Test func twoProcessesShareTheirFiles() async throws {
        let servers = try await Brokers.shared
        try await withTopic(on: servers, partitions: 3, settings: ["max.message.bytes": "5000"]) { topic in
            try await withFolder { folder in
                let (report, letters) = (folder.appending(path: "report"), folder.appending(path: "letters"))
                // A report is appended to only by a run that goes on: the shell opens this one for both.
                let files = ["--report", "/dev/fd/1", "--dead-letter", letters.path]
                let long = String(repeating: "y", count: 9_000)
                func words(_ name: String) throws -> [String] {
                    let input = folder.appending(path: name)
                    let lines = (0..<20_000).map { "\(name)\($0)\($0 % 4_000 == 17 ? long : "")\n" }.joined()
                    try Data(lines.utf8).write(to: input)
                    return produce(servers, topic) + files + [input.path]
                }
                let kprod = try #require(Kprod.path)
                let both = try ["a", "b"].map { name in
                    let line = ([kprod] + (try words(name))).map { "'\($0)'" }.joined(separator: " ")
                    return try ToolProcess(["sh", "-c", "exec \(line) >>'\(report.path)'"])
                }
                var (delivered, failed) = (0, 0)
                for process in both {
                    let outcome = try await process.finish()
                    #expect(outcome.status == 1 && !outcome.isSignal, "\(outcome.errors)")
                    delivered += try outcome.number("delivered")
                    failed += try outcome.number("failed")
                }
                #expect(failed == 10 && delivered == 39_990)
                let outcomes = try objects(report).map { $0["status"] as? String ?? "" }
                #expect(
                    outcomes.count { $0 == "delivered" } == delivered && outcomes.count { $0 == "failed" } == failed
                )
                let kept = try objects(letters).filter { $0["kprod_dead_letters"] == nil }
                #expect(Set(kept.compactMap { $0["value"] as? String }).count == 10)
                let values = try await LogRecord.all(of: topic, on: servers).map(\.payload)
                #expect(values.count == delivered && Set(values).count == delivered)
            }
        }
    }

    /// The brokers of these tests have `auto.create.topics.enable` off.
    @Test(.needsLauncher) func aTopicIsCreatedAsAskedFor() async throws {
        let servers = try await Brokers.shared
        let topics = Topics(on: servers)
        let name = "new-\(UUID().uuidString.prefix(8).lowercased())"
        let refused = try await Kprod.run(produce(servers, name), input: .text("a\n"))
        #expect(refused.status == 69 && refused.errors.contains("--create makes it"), "\(refused.errors)")
        let tooMany = try await Kprod.run(
            produce(servers, name) + ["--create", "--replication-factor", "7"],
            input: .text("a\n")
        )
        #expect(tooMany.status == 69 && tooMany.errors.contains("--replication-factor"), "\(tooMany.errors)")
        let outcome = try await Kprod.run(
            produce(servers, name) + ["--create", "--partitions", "5", "--replication-factor", "1"],
            input: .text("a\n")
        )
        #expect(outcome.isSuccess, "\(outcome.errors)")
        #expect(try await topics.state(of: name).partitions.count == 5)
        let other = try await Kprod.run(
            produce(servers, name) + ["--create", "--partitions", "6"],
            input: .text("b\n")
        )
        #expect(other.isSuccess && other.errors.contains("exists, with 5 partitions, not 6"), "\(other.errors)")
        #expect(Set(try await LogRecord.all(of: name, on: servers).map(\.payload)) == ["a", "b"])
        try await topics.delete(name)
    }
}
