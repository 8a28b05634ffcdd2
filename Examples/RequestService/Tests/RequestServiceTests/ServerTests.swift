// SPDX-License-Identifier: Apache-2.0

import CRequestService
import Foundation
import Testing

@testable import RequestService

/// The server alone: what a handler does has nothing to do with Kafka here.
@Suite(.timeLimit(.minutes(1)))
struct ServerTests {
    private let sockets = Sockets()

    /// Runs a server with this handler while `body` talks to it.
    private func withServer(
        _ limits: Server.Limits = Server.Limits(),
        handler: @escaping Server.Handler,
        _ body: (Server) async throws -> Void
    ) async throws {
        let server = Server(try Listener(path: sockets.requests), limits: limits, handler: handler)
        async let running: Void = server.run()
        do {
            try await body(server)
        } catch {
            server.stop()
            throw error
        }
        server.stop()
        await running
        #expect(server.counts.atWork == 0 && server.counts.connections == 0)
        #expect(!FileManager.default.fileExists(atPath: sockets.requests))
    }

    struct Unlucky: Error {}

    @Test func aHandlerThatFailsEndsItsRequestAndNothingElse() async throws {
        try await withServer {
            if $0 == "bad" { throw Unlucky() }
            return .done("did \($0)")
        } _: { server in
            let client = try connect(sockets.requests)
            for (request, reply) in [("a", "did a"), ("bad", "failed: Unlucky()"), ("b", "did b")] {
                #expect(await client.reply(request))
                #expect(await client.nextLine() == reply)
            }
            #expect(server.counts.handled == 2 && server.counts.failed == 1)
        }
    }

    @Test func moreRequestsThanTheLimitAreBusyAtOnce() async throws {
        let gate = Gate()
        try await withServer(.init(requests: 3)) { request in
            await gate.wait()
            return .done(request)
        } _: { server in
            async let first = ask(sockets.requests, "1")
            async let second = ask(sockets.requests, "2")
            async let third = ask(sockets.requests, "3")
            try await eventually("three are at work") { gate.waiting == 3 }
            #expect(try await ask(sockets.requests, "4") == "busy")
            gate.open()
            #expect(try await [first, second, third] == ["1", "2", "3"])
            #expect(try await ask(sockets.requests, "5") == "5")
            #expect(server.counts.busy == 1 && server.counts.handled == 4)
        }
    }

    @Test func aClientWhoGoesDoesNotTakeTheOthersAlong() async throws {
        let gate = Gate()
        Foundation.signal(SIGPIPE, SIG_IGN)
        try await withServer { request in
            if request == "slow" { await gate.wait() }
            return .done(request)
        } _: { server in
            do {
                let client = try connect(sockets.requests)
                #expect(await client.reply("slow"))
                try await eventually("it is at work") { gate.waiting == 1 }
            }
            #expect(try await ask(sockets.requests, "quick") == "quick")
            gate.open()
            try await eventually("its connection is gone") { server.counts.connections == 0 }
        }
    }

    @Test func aLineWithoutAnEndIsNoMemoryWithoutAnEnd() async throws {
        Foundation.signal(SIGPIPE, SIG_IGN)
        try await withServer {
            .done($0)
        } _: { server in
            let client = unix_connect(sockets.requests)
            defer { close(client) }
            let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 4_096)
            var sent = 0
            while socket_write(client, endless, endless.count, 5) == 0 { sent += endless.count }
            // What the limit lets in, and what lies in the socket's buffers.
            #expect(sent < 4 << 20)
            try await eventually("it was cut off") { server.counts.connections == 0 }
            #expect(server.counts.handled == 0)
        }
    }

    @Test func aStopAnswersWhatIsAtWork() async throws {
        let gate = Gate()
        try await withServer { request in
            await gate.wait()
            return .done(request)
        } _: { server in
            async let reply = ask(sockets.requests, "1")
            try await eventually("it is at work") { gate.waiting == 1 }
            server.stop()
            gate.open()
            #expect(try await reply == "1")
        }
    }

    @Test func moreConnectionsThanTheLimitAreBusy() async throws {
        try await withServer(.init(connections: 1)) {
            .done($0)
        } _: { server in
            let first = try connect(sockets.requests)
            #expect(await first.reply("1"))
            #expect(await first.nextLine() == "1")
            #expect(try await connect(sockets.requests).nextLine() == "busy")
            #expect(await first.reply("2"))
            #expect(await first.nextLine() == "2")
        }
    }

    @Test func aSocketThatSomebodyElseServesIsNotTaken() async throws {
        let first = try Listener(path: sockets.requests)
        #expect(throws: Listener.Failure.self) { try Listener(path: sockets.requests) }
        first.stop()
    }

    @Test func aFileThatIsNoSocketStays() throws {
        try "data".write(toFile: sockets.requests, atomically: false, encoding: .utf8)
        #expect(throws: Listener.Failure.self) { try Listener(path: sockets.requests) }
        #expect(try String(contentsOfFile: sockets.requests, encoding: .utf8) == "data")
    }

    @Test func theFileOfADeadProcessIsReplaced() async throws {
        let descriptor = unix_listen(sockets.requests)
        close(descriptor)
        #expect(FileManager.default.fileExists(atPath: sockets.requests))
        try await withServer {
            .done($0)
        } _: { _ in
            let reply = try await ask(sockets.requests, "x")
            #expect(reply == "x")
        }
    }
}
