// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

/// Logs that grow and are replaced while they are read: every line comes once.
@Suite(.timeLimit(.minutes(4))) struct FollowTests {
    private func follow(_ cluster: MockCluster, _ options: [String]) -> [String] {
        ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--follow"] + options
    }

    private func values(_ cluster: MockCluster) async throws -> [String] {
        try await cluster.records(in: "t").compactMap(\.valueText)
    }

    /// How a log is put out of the way.
    enum Rotation: String, CaseIterable {
        /// One old file is kept, one for each number, or three that move on.
        case kept, numbered, chain
        /// The next file is put in its place in one step, and the old one is gone.
        case replaced

        func rotate(_ folder: URL, _ number: Int, next: Data) throws {
            func move(_ from: String, _ to: String) throws {
                let (from, to) = (folder.appending(path: from), folder.appending(path: to))
                guard FileManager.default.fileExists(atPath: from.path) else { return }
                try? FileManager.default.removeItem(at: to)
                try FileManager.default.moveItem(at: from, to: to)
            }
            switch self {
            case .kept: try move("log", "log.old")
            case .numbered: try move("log", "log.\(number)")
            case .chain:
                for step in [2, 1] { try move("log.\(step)", "log.\(step + 1)") }
                try move("log", "log.1")
            case .replaced: return try next.write(to: folder.appending(path: "log"), options: .atomic)
            }
            try next.write(to: folder.appending(path: "log"))
        }
    }

    /// Writes three lines to each of many files, the last of them when the file has lost its name.
    private func writeLogs(_ folder: URL, _ rotation: Rotation, count: Int, every interval: Duration) async throws {
        var old: FileHandle?
        var next = ContinuousClock.now
        for number in 0..<count {
            try rotation.rotate(folder, number, next: Data("\(number) a\n".utf8))
            try old?.write(contentsOf: Data("\(number - 1) c\n".utf8))
            try old?.close()
            let file = try FileHandle(forWritingTo: folder.appending(path: "log"))
            try file.seekToEnd()
            try await Task.sleep(until: next + interval / 2)
            try file.write(contentsOf: Data("\(number) b\n".utf8))
            old = file
            next += interval
            try await Task.sleep(until: next)
        }
        try old?.write(contentsOf: Data("\(count - 1) c\n".utf8))
    }

    private func lines(_ count: Int) -> [String] {
        (0..<count).flatMap { number in ["a", "b", "c"].map { "\(number) \($0)" } }
    }

    /// A name that lives for less than any look; `FOLLOW_SECONDS=60` makes it a minute of each.
    @Test(arguments: Rotation.allCases) func filesThatAreSoonReplacedAreReadWhole(rotation: Rotation) async throws {
        let seconds = ProcessInfo.processInfo.environment["FOLLOW_SECONDS"].flatMap { Int($0) } ?? 3
        // The old file is gone at once: whoever opens it needs a moment even where much else goes on.
        let interval = Duration.milliseconds(rotation == .replaced ? 400 : 50)
        let count = Int(Duration.seconds(seconds) / interval)
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(follow(cluster, [files.path("log")]), input: nil)
            _ = await kprod.messages.wait(for: "is not there; waiting for it")
            try await writeLogs(files.folder, rotation, count: count, every: interval)
            try await eventually { try await values(cluster).count >= 3 * count }
            #expect(try await values(cluster).sorted() == lines(count).sorted())
            kprod.signal(SIGTERM)
            let outcome = await kprod.finish()
            #expect(try outcome.number("delivered") == 3 * count && outcome.number("failed") == 0, "\(outcome)")
        }
    }

    /// Files that are deleted before there is room for their records were opened in time.
    @Test func filesThatAreGoneBeforeTheyCanBeSentAreReadWhole() async throws {
        let files = try TemporaryFiles([:])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(follow(cluster, ["--rate", "30/s", files.path("log")]), input: nil)
            _ = await kprod.messages.wait(for: "is not there; waiting for it")
            try await writeLogs(files.folder, .kept, count: 60, every: .milliseconds(50))
            try await eventually { try await values(cluster).count >= 180 }
            #expect(try await values(cluster).sorted() == lines(60).sorted())
            kprod.signal(SIGTERM)
            #expect(try await kprod.finish().number("delivered") == 180)
        }
    }

    /// What is heard of belongs to the folder that has the name, whichever that is.
    @Test func aFolderThatIsMadeAnewIsFollowed() async throws {
        let files = try TemporaryFiles([:])
        let folder = files.folder.appending(path: "d")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(follow(cluster, [files.path("d/log")]), input: nil)
            _ = await kprod.messages.wait(for: "is not there; waiting for it")
            try FileManager.default.moveItem(at: folder, to: files.folder.appending(path: "old"))
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            try Data("first\n".utf8).write(to: folder.appending(path: "log"))
            try await eventually { try await values(cluster) == ["first"] }
            try await writeLogs(folder, .kept, count: 20, every: .milliseconds(50))
            try await eventually { try await values(cluster).count >= 61 }
            #expect(try await values(cluster).sorted() == (lines(20) + ["first"]).sorted())
            kprod.signal(SIGTERM)
            _ = await kprod.finish()
        }
    }

    /// What was there at the first start is not wanted by the next one either.
    @Test func theEndOfALogIsRemembered() async throws {
        let files = try TemporaryFiles(["log": "old\nolder\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = follow(
                cluster,
                ["--from-end", "--checkpoint", files.path("c"), "--resume", files.path("log")]
            )
            let first = try KprodProcess(arguments, input: nil)
            try await eventually { (try? files.text("c").contains("\"acked_bytes\":10,")) == true }
            first.signal(SIGKILL)
            _ = await first.finish()
            #expect(try await KprodProcess.shell("echo new >> '\(files.path("log"))'").status == 0)
            let second = try KprodProcess(arguments, input: nil)
            try await eventually { try await values(cluster).contains("new") }
            second.signal(SIGTERM)
            #expect(try await second.finish().number("delivered") == 1)
            #expect(try await values(cluster) == ["new"])
        }
    }

    /// Nobody else can read what was taken out of a pipe.
    @Test func aLineOfAPipeWithoutAnEndIsNotLostInSilence() async throws {
        let files = try TemporaryFiles([:])
        let path = files.path("pipe")
        #expect(try await KprodProcess.shell("mkfifo '\(path)'").status == 0)
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(follow(cluster, [path]), input: nil)
            #expect(try await KprodProcess.shell("printf 'one\ntwo' > '\(path)'").status == 0)
            try await eventually { try await values(cluster) == ["one"] }
            kprod.signal(SIGTERM)
            let outcome = await kprod.finish()
            #expect(
                outcome.messages.contains("kprod: \(path): 3 bytes from line 2 on were read and not sent"),
                "\(outcome)"
            )
        }
    }

    @Test func aFileIsFollowed() async throws {
        let files = try TemporaryFiles(["a": "1\n2"])
        let path = files.path("a")
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--follow", path, files.path("b")],
                input: nil
            )
            func wait(for values: [String]) async throws {
                let end = ContinuousClock.now + .seconds(20)
                while try await cluster.records(in: "t").map({ $0.valueText ?? "" }).sorted() != values {
                    try #require(ContinuousClock.now < end)
                    await Task.yield()
                }
            }
            try await wait(for: ["1"])
            try FileManager.default.moveItem(atPath: path, toPath: files.path("a.1"))
            try Data("3\n".utf8).write(to: URL(fileURLWithPath: path))
            // The old file ended without a newline, as shows when nothing more comes.
            try await wait(for: ["1", "2", "3"])
            try Data("4\n".utf8).write(to: URL(fileURLWithPath: files.path("b")))
            try await wait(for: ["1", "2", "3", "4"])
            kprod.signal(SIGINT)
            let outcome = await kprod.finish()
            #expect(outcome.isSignal && outcome.status == SIGINT)
            #expect(try outcome.number("delivered") == 4)
            #expect(outcome.messages.contains("kprod: \(path): was replaced; reading the new file"))
        }
    }

    /// Log shipping: stopped and started again, with a rotation and more lines in between, every line comes once.
    @Test(arguments: [SIGTERM, SIGKILL]) func aFollowedLogGoesOnAfterARestart(signal: Int32) async throws {
        let files = try TemporaryFiles(["log": "1\n2\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = [
                "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--follow", "--checkpoint", files.path("c"),
                "--resume", files.path("log"),
            ]
            func values() async throws -> [String] { try await cluster.records(in: "t").compactMap(\.valueText) }
            let first = try KprodProcess(arguments, input: nil)
            try await eventually { try await values().count == 2 }
            // Written down, and with the beginning by which the file is known.
            try await eventually { (try? files.text("c").contains("\"acked_bytes\":4,")) == true }
            first.signal(signal)
            _ = await first.finish()
            let script = "cd '\(files.path(""))'; echo 3 >> log; mv log log.1; echo 4 > log; echo other > log.2"
            #expect(try await KprodProcess.shell(script).status == 0)
            let second = try KprodProcess(arguments, input: nil)
            try await eventually { try await values().count >= 4 }
            #expect(try await KprodProcess.shell("echo 5 >> '\(files.path("log"))'").status == 0)
            try await eventually { try await values().count >= 5 }
            second.signal(SIGTERM)
            let outcome = await second.finish()
            #expect(try await values() == ["1", "2", "3", "4", "5"], "\(outcome)")
            #expect(try outcome.number("delivered") == 3)
            // The number of the old file may be another's by now: it is known by its beginning, too.
            #expect(try await KprodProcess.shell("cd '\(files.path(""))'; rm log*; echo new > log").status == 0)
            let third = try KprodProcess(arguments, input: nil)
            try await eventually { try await values().count >= 6 }
            third.signal(SIGTERM)
            _ = await third.finish()
            #expect(try await values() == ["1", "2", "3", "4", "5", "new"])
        }
    }

    @Test func aPipeIsFollowedBeyondItsWriters() async throws {
        let files = try TemporaryFiles([:])
        let path = files.path("pipe")
        #expect(try await KprodProcess.shell("mkfifo \(path)").status == 0)
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try KprodProcess(
                ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--follow", path],
                input: nil
            )
            for (line, count) in [("a", 1), ("b\nc", 3)] {
                #expect(try await KprodProcess.shell("printf '\(line)\n' > \(path)").status == 0)
                try await eventually { try await cluster.records(in: "t").count == count }
            }
            kprod.signal(SIGTERM)
            let outcome = await kprod.finish()
            #expect(outcome.messages.count == 1 + outcome.messages.count { $0.contains("draining") }, "\(outcome)")
            #expect(try await cluster.records(in: "t").map(\.valueText) == ["a", "b", "c"])
        }
    }
}
