// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

/// The promise under signals: what the command says was delivered is what is in the log.
@Suite(.timeLimit(.minutes(2))) struct SignalTests {
    private func start(_ cluster: MockCluster, _ options: [String] = []) throws -> KprodProcess {
        let servers = cluster.bootstrapServers.joined(separator: ",")
        return try KprodProcess(["produce", "-b", servers, "-t", "t"] + options, input: nil)
    }

    /// Writes more than the pipe and the reader hold: when that is done, records are with the client.
    private func feedSome(_ kprod: KprodProcess) async {
        kprod.write(String(repeating: "line\n", count: 100_000))
        await kprod.wroteInput()
    }

    /// A signal in the middle of the stream, at several points: much more than a pipe holds has been read by then.
    @Test(.namesCases) func theFirstDrains() async {
        await atOnce([(SIGTERM, 2_000), (SIGINT, 5_000), (SIGHUP, 17_000), (SIGTERM, 40_000)]) { signal, lines in
            try await withMockCluster(brokers: 2, topics: ["t": 8]) { cluster in
                try await cluster.setRoundTripTime(.milliseconds(20))
                let kprod = try start(cluster)
                let filler = String(repeating: "x", count: 60)
                kprod.write((0..<lines).map { "\($0) \(filler)\n" }.joined())
                await kprod.wroteInput()
                kprod.signal(signal)
                let outcome = await kprod.finish()
                #expect(outcome.isSignal && outcome.status == signal, "\(outcome)")
                #expect(outcome.messages.first?.hasPrefix("kprod: interrupted: draining ") == true)
                let delivered = try outcome.number("delivered")
                #expect(outcome.account.hasSuffix("failed 0; undelivered 0; skipped 0"))
                // Each line once, and no gap: what was read is the beginning of the input.
                let values = try await cluster.records(in: "t").map { $0.valueText ?? "" }
                let numbers = values.compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }.sorted()
                #expect(numbers == Array(0..<delivered))
            }
        }
    }

    /// One signal or two, at any moment of a stream, also before it: always an end in time, and what is said to be
    /// delivered is in the log, once.
    @Test(.namesCases) func atAnyMoment() async {
        await atOnce(0..<10, width: 3) { round in
            try await withMockCluster(brokers: 2, topics: ["t": 8]) { cluster in
                try await cluster.setRoundTripTime(.milliseconds(Int.random(in: 0...80)))
                let kprod = try start(cluster, ["--drain-timeout", "1s"])
                kprod.write((0..<40_000).map { "\($0) some more of it\n" }.joined())
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...250)))
                kprod.signal(SIGTERM)
                if round.isMultiple(of: 2) {
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...100)))
                    kprod.signal(SIGINT)
                }
                let sent = ContinuousClock.now
                let outcome = await kprod.finish()
                #expect(sent.duration(to: .now) < .seconds(20))
                #expect(outcome.isSignal || outcome.status > 128, "\(outcome)")
                try await cluster.setRoundTripTime(.zero)
                let values = try await cluster.records(in: "t").map { $0.valueText ?? "" }
                #expect(Set(values).count == values.count)
                // A signal before anything has begun is not heard by anybody.
                if outcome.messages.isEmpty { return #expect(values.isEmpty) }
                #expect(!outcome.messages.contains { $0.contains("does not add up") }, "\(outcome)")
                let (delivered, undelivered) = try (outcome.number("delivered"), outcome.number("undelivered"))
                #expect(values.count >= delivered && values.count <= delivered + undelivered, "\(outcome)")
                #expect(try outcome.number("failed") == 0)
            }
        }
    }

    /// The same with nobody to deliver to.
    @Test(arguments: 0..<4) func atAnyMomentWithoutBroker(round: Int) async throws {
        let kprod = try startWithoutBroker(["--drain-timeout", "300ms"])
        kprod.write(String(repeating: "line\n", count: 400_000))
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...300)))
        let sent = ContinuousClock.now
        kprod.signal(SIGINT)
        if round.isMultiple(of: 2) { kprod.signal(SIGTERM) }
        let outcome = await kprod.finish()
        #expect(sent.duration(to: .now) < .seconds(20))
        #expect(outcome.isSignal || outcome.status > 128, "\(outcome)")
        if outcome.messages.isEmpty { return }
        #expect(!outcome.messages.contains { $0.contains("does not add up") }, "\(outcome)")
        #expect(try outcome.number("delivered") == 0)
    }

    @Test func anIdleInputIsLeftAtOnce() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let kprod = try start(cluster)
            kprod.write("one\ntwo without a newline")
            while try await cluster.records(in: "t").isEmpty { await Task.yield() }
            kprod.signal(SIGINT)
            let outcome = await kprod.finish()
            #expect(outcome.isSignal && outcome.status == SIGINT, "\(outcome)")
            #expect(outcome.account.hasPrefix("delivered 1 (3 B)"))
        }
    }

    /// Nobody listens there: what was read stays with the client.
    private func startWithoutBroker(_ options: [String] = []) throws -> KprodProcess {
        try KprodProcess(["produce", "-b", "127.0.0.1:1", "-t", "t"] + options, input: nil)
    }

    @Test func theSecondDropsAndAccounts() async throws {
        let kprod = try startWithoutBroker()
        await feedSome(kprod)
        kprod.signal(SIGTERM)
        _ = await kprod.messages.wait(for: "interrupted: draining ")
        kprod.signal(SIGTERM)
        let outcome = await kprod.finish()
        #expect(outcome.isSignal && outcome.status == SIGTERM, "\(outcome)")
        #expect(outcome.messages.contains { $0.hasPrefix("kprod: interrupted again: dropping ") })
        #expect(try outcome.number("delivered") == 0)
        #expect(try outcome.number("undelivered") > 0)
        #expect(!outcome.messages.contains { $0.contains("does not add up") }, "\(outcome.messages)")
    }

    @Test func theDrainHasALimit() async throws {
        let kprod = try startWithoutBroker(["--drain-timeout", "200ms"])
        await feedSome(kprod)
        kprod.signal(SIGTERM)
        let outcome = await kprod.finish()
        #expect(outcome.isSignal && outcome.status == SIGTERM, "\(outcome)")
        #expect(outcome.messages.contains { $0.hasPrefix("kprod: the time to drain is over: dropping ") })
        #expect(try outcome.number("undelivered") > 0)
    }

    /// More than the producer's budget is waiting: the feed is suspended in a send when the signal comes.
    @Test func aSuspendedSendIsAccountedFor() async throws {
        let kprod = try startWithoutBroker(["--drain-timeout", "100ms"])
        await feedSome(kprod)
        kprod.write(String(repeating: "line\n", count: 300_000))
        kprod.signal(SIGTERM)
        let outcome = await kprod.finish()
        #expect(outcome.isSignal, "\(outcome)")
        #expect(try outcome.number("undelivered") > 0)
        #expect(!outcome.messages.contains { $0.contains("does not add up") }, "\(outcome.messages)")
    }

    @Test func theThirdEndsAtOnce() async throws {
        let kprod = try startWithoutBroker()
        await feedSome(kprod)
        // Different ones: equal signals that are pending are one. The second may be quicker than the third.
        for number in [SIGTERM, SIGINT, SIGHUP] { kprod.signal(number) }
        let outcome = await kprod.finish()
        #expect(outcome.isSignal || outcome.status > 128, "\(outcome)")
    }
}
