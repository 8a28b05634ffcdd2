// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import Testing

@testable import HostMetricsAgent

@Suite struct SamplingTests {
    @Test func processorTimes() throws {
        let first = try #require(ProcessorTimes(stat: "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3 4\n"))
        #expect(first == ProcessorTimes(busy: 150, total: 1_000))
        let second = try #require(ProcessorTimes(stat: "cpu  175 0 50 825 50 0 0 0 70 0\n"))
        #expect(second.use(since: first) == 0.75)
        #expect(first.use(since: second) == nil)
        #expect(first.use(since: first) == nil)
        #expect(ProcessorTimes(stat: "") == nil)
        #expect(ProcessorTimes(stat: "cpu  1 2 x") == nil)
    }

    @Test func memory() {
        let text = "MemTotal:       16303428 kB\nMemFree: 1\nMemAvailable:    9223372036854775807 kB\n"
        #expect(Sampler.bytes("MemTotal", in: text) == Int64(16_303_428) * 1024)
        #expect(Sampler.bytes("MemFree", in: text) == nil)
        #expect(Sampler.bytes("MemAvailable", in: text) == nil)
    }

    @Test func thisHost() {
        var sampler = Sampler()
        let sample = sampler.sample()
        #expect(sample.load.map { $0 >= 0 } == true)
        #expect((sample.memoryTotal ?? 0) > 1 << 20)
        #expect(sample.processor == nil)
    }
}

@Suite struct SettingsTests {
    private func settings(_ text: String, brokers: [String]? = nil) throws -> Settings {
        try Settings(.init(parsing: text, source: "agent.conf"), brokers: brokers)
    }

    @Test func ownAndKafkas() throws {
        let settings = try settings(
            """
            bootstrap.servers=a:1,b:2
            linger.ms=20
            agent.topic=hosts
            agent.sample.seconds=0.5
            agent.send.seconds=30
            agent.backlog.hours=2
            agent.attempts=7
            """
        )
        #expect(settings.topic == "hosts")
        #expect(settings.sampling == .milliseconds(500) && settings.sending == .seconds(30))
        #expect(settings.limits == .init(samples: 14_400, samplesPerPost: 500, attempts: 7))
        #expect(settings.producer.bootstrapServers == ["a:1", "b:2"])
        #expect(settings.producer.batching.linger == .milliseconds(20))
        #expect(settings.producer.delivery.timeout == .seconds(30))
        let overridden = try self.settings("bootstrap.servers=a:1", brokers: ["c:3"])
        #expect(overridden.producer.bootstrapServers == ["c:3"])
    }

    @Test(arguments: [
        ("agent.sample.seconds=0", "agent.sample.seconds cannot be \"0\""),
        ("agent.attempts=many", "agent.attempts cannot be \"many\""),
        ("agent.sampel.seconds=1", "agent.conf:1"),
        ("lingr.ms=1", "linger.ms"),
    ])
    func bad(text: String, part: String) {
        #expect {
            try settings(text)
        } throws: {
            "\($0)".contains(part)
        }
    }

    @Test func options() throws {
        let options = try Options(["--brokers", "a:1", "--drain", "0.5", "--host", "web"])
        #expect(options.brokers == ["a:1"] && options.drain == .milliseconds(500) && options.action == .run)
        for bad in [["--host"], ["--drain", "-1"], ["check"], ["--nothing", "1"]] {
            #expect(throws: UsageError.self) { try Options(bad) }
        }
    }
}

@Suite struct ProcessTests {
    @Test func exitCodes() {
        func code(_ dropped: Int, _ remaining: Int, aborted: Bool) -> ExitCode {
            ExitCode(counts: .init(delivered: 9, overflowed: dropped), remaining: remaining, isAborted: aborted)
        }
        #expect(code(0, 0, aborted: false) == .nothingLost)
        // A second signal that came when all was sent cost nothing.
        #expect(code(0, 0, aborted: true) == .nothingLost)
        #expect(code(1, 0, aborted: false) == .lostBefore)
        #expect(code(1, 1, aborted: false) == .lostAtTheEnd)
        #expect(code(0, 1, aborted: true) == .aborted)
    }

    @Test func oneAgentForAPIDFile() throws {
        try withFolder { folder in
            let path = "\(folder)/pid"
            // What a crash left behind is no obstacle.
            try "99999999\n".write(toFile: path, atomically: false, encoding: .utf8)
            let file = try PIDFile(path)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text == "\(getpid())\n")
            #expect {
                try PIDFile(path)
            } throws: {
                "\($0)".contains("another agent runs, process \(getpid())")
            }
            file.remove()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test func heartbeats() throws {
        try withFolder { folder in
            let path = "\(folder)/beat"
            func check(_ path: String, now: Double = 0) -> [String] {
                let (isAlive, text) = Heartbeat.check(path, now: now)
                return ["\(isAlive)", text]
            }
            #expect(check(path) == ["false", "there is no \(path)"])
            Heartbeat(process: 1, time: 100, patience: 15, state: "behind", delivered: 7, remaining: 2, lost: 0)
                .write(to: path)
            let counts = "behind: delivered 7, remaining 2, lost 0"
            #expect(check(path, now: 115) == ["true", "alive, \(counts)"])
            #expect(check(path, now: 116) == ["false", "too old, \(counts)"])
            try "{".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(!Heartbeat.check(path).isAlive)
        }
    }

    /// Even a main thread that never comes back ends.
    @Test func theEndIsForced() async {
        await #expect(processExitsWith: .exitCode(13)) {
            _ = forceExit(after: .milliseconds(200))
            while true { sleep(1) }
        }
    }
}

func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.path + "/host-metrics-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
}
