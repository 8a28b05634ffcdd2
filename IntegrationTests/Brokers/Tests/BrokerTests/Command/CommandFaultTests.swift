// SPDX-License-Identifier: Apache-2.0

import BrokerLauncher
import Foundation
import Testing

/// The command against a broker of its own, to which something happens.
@Suite(.timeLimit(.minutes(3)), .serialized, .needsLauncher, .needsCommand, .brokerLogs)
struct CommandFaultTests {
    /// A broker that dies and comes back costs time and nothing else.
    @Test func theBrokerIsKilledAndComesBack() async throws {
        try await Cluster.withCluster(on: Brokers.distribution) { cluster in
            let servers = cluster.bootstrapServers()
            try await Topics(on: servers).create("t")
            let kprod = try Kprod.start(["produce", "-b", servers[0], "-t", "t"], input: .pipe)
            func feed(_ range: Range<Int>) async {
                kprod.write(Data(range.map { "line \($0)\n" }.joined().utf8))
                await kprod.wroteInput()
            }
            await feed(0..<20_000)
            try await cluster.brokers[0].kill()
            await feed(20_000..<40_000)
            try cluster.brokers[0].start()
            await feed(40_000..<60_000)
            kprod.closeInput()
            let outcome = try await kprod.finish()
            #expect(outcome.isSuccess, "\(outcome.errors)")
            #expect(try outcome.number("delivered") == 60_000)
            #expect(try await LogRecord.all(of: "t", on: servers).map(\.payload) == (0..<60_000).map { "line \($0)" })
        }
    }

    /// A frozen broker and a user who does not wait: the second signal drops, and the account says how much is unknown.
    @Test func theBrokerHangsAndTheUserLeaves() async throws {
        try await Cluster.withCluster(on: Brokers.distribution) { cluster in
            let servers = cluster.bootstrapServers()
            try await Topics(on: servers).create("t")
            let progress = ["--progress", "json", "--stats-interval", "100ms"]
            let kprod = try Kprod.start(["produce", "-b", servers[0], "-t", "t"] + progress, input: .pipe)
            kprod.write(Data("first\n".utf8))
            try await eventually("the first record is in the log") {
                try await LogRecord.all(of: "t", on: servers).count == 1
            }
            try await cluster.brokers[0].pause()
            kprod.write(Data((0..<1_000).map { "line \($0)\n" }.joined().utf8))
            // In the pipe is not read yet.
            try await eventually("it has read them") { kprod.errorsSoFar.contains(#""read":1001,"#) }
            kprod.signal(SIGINT)
            try await eventually("it drains") { kprod.errorsSoFar.contains("interrupted") }
            kprod.signal(SIGTERM)
            let outcome = try await kprod.finish()
            #expect(outcome.isSignal, "\(outcome.errors)")
            try await cluster.brokers[0].resume()
            let (delivered, undelivered) = (try outcome.number("delivered"), try outcome.number("undelivered"))
            #expect(delivered >= 1 && undelivered > 0, "\(outcome.errors)")
            // What it called delivered is there; what it called undelivered may be, at most once.
            let values = try await LogRecord.all(of: "t", on: servers).map(\.payload)
            #expect(values.count >= delivered && values.count <= delivered + undelivered)
            #expect(Set(values).count == values.count)
        }
    }
}
