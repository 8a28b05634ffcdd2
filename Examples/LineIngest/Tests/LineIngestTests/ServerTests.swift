// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaTestKit
import Testing

@testable import LineIngest

@Suite(.serialized, .timeLimit(.minutes(3))) struct ServerTests {
    @Test(arguments: ["tcp", "unix"]) func linesBecomeRecords(way: String) async throws {
        try await Fixture.run { fixture in
            let answers = try await fixture.client {
                let client = try way == "tcp" ? Client(port: fixture.port) : Client(path: fixture.path)
                try client.send((1...500).map { "line \($0)\n" }.joined())
                client.endInput()
                return try client.readAll()
            }
            let keys = answers.map { $0.replacing("ok ", with: "") }
            #expect(answers.allSatisfy { $0.hasPrefix("ok ") })
            #expect(keys == keys.sorted() && Set(keys).count == 500)
            let records = try await fixture.cluster.records(in: "lines")
            let values = Dictionary(uniqueKeysWithValues: records.map { ($0.keyText, $0.valueText) })
            #expect(keys.enumerated().allSatisfy { values[$1] == "line \($0 + 1)" })
        }
    }

    @Test func whatIsNoRecordIsAnsweredAndTheConnectionGoesOn() async throws {
        var limits = Limits()
        limits.lineBytes = 100
        try await Fixture.run(limits: limits) { fixture in
            let answers = try await fixture.client {
                let client = try Client(port: fixture.port)
                let long = String(repeating: "x", count: 70_000)
                try client.send("first\n\n\(long)\n!what\n!!not a command\n!stats\nGET / HTTP/1.1\nrest")
                client.endInput()
                return try client.readAll()
            }
            let reasons = answers[1...3].map { String($0.prefix(12)) }
            #expect(reasons == ["error empty:", "error too-lo", "error unknow"])
            #expect([0, 4, 6].allSatisfy { answers[$0].hasPrefix("ok ") })
            #expect(answers[5].hasPrefix("stats connections=1 ") && answers[5].contains(" refused-lines=3 accepted=2 "))
            #expect(answers[7].hasPrefix("error unfinished"))
            #expect(answers.count == 8)
            let values = try await fixture.cluster.records(in: "lines").compactMap(\.valueText)
            #expect(Set(values) == ["first", "!not a command", "GET / HTTP/1.1"])
        }
    }

    @Test func httpGetsAnAnswerItUnderstands() async throws {
        try await Fixture.run { fixture in
            let answer = try await fixture.client {
                let client = try Client(port: fixture.port)
                try client.send("POST /lines HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello")
                return try client.readAll()
            }
            #expect(answer.first == "HTTP/1.1 400 Bad Request\r")
            #expect(answer.last == "This port takes lines of text, not HTTP.")
            #expect(try await fixture.cluster.records(in: "lines").isEmpty)
        }
    }

    @Test func eachLineRenewsTheTimeAndABytesTrickleDoesNot() async throws {
        var limits = Limits()
        limits.idle = .seconds(1)
        try await Fixture.run(limits: limits) { fixture in
            async let lines = fixture.client {
                let client = try Client(port: fixture.port)
                for _ in 0..<8 {
                    try client.send("a line\n")
                    usleep(250_000)
                }
                return try client.readLines(8)
            }
            async let trickle = fixture.client {
                let client = try Client(path: fixture.path)
                let start = ContinuousClock.now
                // Until the server has hung up.
                while (try? client.send("x")) != nil, ContinuousClock.now - start < .seconds(15) { usleep(100_000) }
                return (try? client.readLine() ?? "", ContinuousClock.now - start)
            }
            #expect(try await lines.allSatisfy { $0.hasPrefix("ok ") })
            let (answer, time) = try await trickle
            #expect(answer?.hasPrefix("error idle") == true)
            #expect(time < .seconds(14))
        }
    }

    @Test func theLimitOfConnections() async throws {
        var limits = Limits()
        limits.connections = 2
        try await Fixture.run(limits: limits) { fixture in
            let answers = try await fixture.client {
                let clients = try (0..<2).map { _ in try Client(port: fixture.port) }
                for client in clients { try client.send("here\n") }
                let served = try clients.map { try $0.readLine() ?? "" }
                return served + [try Client(port: fixture.port).readLine() ?? ""]
            }
            #expect(answers[0].hasPrefix("ok ") && answers[1].hasPrefix("ok "))
            #expect(answers[2] == "error busy: 2 clients are connected")
            #expect(await eventually { fixture.counters.connections == 0 })
            let again = try await fixture.client { () -> String? in
                let client = try Client(path: fixture.path)
                try client.send("now\n")
                return try client.readLine()
            }
            #expect(again?.hasPrefix("ok ") == true)
        }
    }

    /// With the brokers down the socket fills up, and nobody is hung up on; then everything arrives.
    @Test func backPressureReachesTheClient() async throws {
        var limits = Limits()
        limits.idle = .seconds(1)
        try await Fixture.run(limits: limits, maximumMessages: 100) { fixture in
            try await fixture.cluster.brokerDown()
            let line = Array((String(repeating: "x", count: 999) + "\n").utf8)
            let client = Locked(try Client(path: fixture.path))
            let sent = try await fixture.client {
                var bytes = 0
                var lastProgress = ContinuousClock.now
                // Longer than the idle time: it is not the client who is slow.
                while ContinuousClock.now - lastProgress < .seconds(2) {
                    let rest = Array(line[(bytes % line.count)...])
                    let count = client.value.sendWhatFits(rest)
                    if count > 0 { lastProgress = .now } else { usleep(10_000) }
                    bytes += count
                }
                return bytes
            }
            #expect(sent < 2 << 20)
            #expect(fixture.server.shared.producer.statistics.accepted == 100)
            try await fixture.cluster.brokerUp()
            let answers = try await fixture.client { () -> [String] in
                try client.value.send(Array(line[(sent % line.count)...]))
                client.value.endInput()
                return try client.value.readAll()
            }
            #expect(answers.count == sent / line.count + 1)
            #expect(answers.allSatisfy { $0.hasPrefix("ok ") })
        }
    }

    @Test func theEndAnswersWhatWasTaken() async throws {
        let client = Locked<Client?>(nil)
        let result = try await Fixture.run { fixture in
            try await fixture.cluster.setRoundTripTime(.milliseconds(500))
            client.value = try Client(port: fixture.port)
            try client.value?.send("one\ntwo\n")
            #expect(await eventually { fixture.server.shared.producer.statistics.accepted == 2 })
        }
        #expect(result.isComplete && result.statistics?.succeeded == 2)
        let answers = try client.value?.readAll() ?? []
        #expect(answers.count == 2 && answers.allSatisfy { $0.hasPrefix("ok ") })
    }

    /// A producer that can send no more is an end that the exit status tells, and not a server that refuses for ever.
    @Test func aFatalErrorEndsTheServer() async throws {
        let result = try await Fixture.run { cluster in
            try await cluster.failNext(.initProducerId, with: .clusterAuthorizationFailed, count: 100)
        } _: { fixture in
            let answers = try await fixture.client {
                let client = try Client(port: fixture.port)
                try client.send("one\n")
                return try client.readAll()
            }
            #expect(answers.count == 1 && answers[0].hasPrefix("error "))
            #expect(fixture.server.shared.producer.fatalError?.code == .clusterAuthorizationFailed)
        }
        #expect(result.reason == .producerFailed)
    }

    @Test func theEndDoesNotWaitForBrokersForEver() async throws {
        var limits = Limits()
        limits.drain = .milliseconds(300)
        let result = try await Fixture.run(limits: limits) { fixture in
            try await fixture.cluster.brokerDown()
            let client = try Client(port: fixture.port)
            try client.send("one\n")
            #expect(await eventually { fixture.server.shared.producer.statistics.accepted == 1 })
        }
        #expect(!result.isComplete)
        #expect(result.statistics?.failed == 1)
    }
}

@Suite struct ListenerTests {
    /// A socket of a server that was killed is replaced; one in use, and a file that is none, are left alone.
    @Test func theFileOfASocket() throws {
        try withFolder { folder in
            let path = "\(folder)/socket"
            let first = try Listener(.unix(path: path))
            #expect {
                try Listener(.unix(path: path))
            } throws: {
                "\($0)" == "another server listens on \(path)"
            }
            try withExtendedLifetime(first) { _ = try Client(path: path) }
        }
        try withFolder { folder in
            let path = "\(folder)/socket"
            do { _ = try Listener(.unix(path: path)) }
            #expect(FileManager.default.fileExists(atPath: path))
            let second = try Listener(.unix(path: path))
            try withExtendedLifetime(second) { _ = try Client(path: path) }
        }
        try withFolder { folder in
            let path = "\(folder)/precious"
            try "data".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: ServerError.self) { try Listener(.unix(path: path)) }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text == "data")
        }
    }

    @Test func whatCannotBeListenedOn() {
        for address in [
            Listener.Address.tcp(host: "no.such.host.invalid", port: "0"), .tcp(host: "192.0.2.1", port: "9"),
            .unix(path: String(repeating: "x", count: 200)), .unix(path: "/nonexistent/socket"),
        ] {
            #expect(throws: ServerError.self) { try Listener(address) }
        }
    }
}

/// For what one thread uses at a time.
final class Locked<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}
