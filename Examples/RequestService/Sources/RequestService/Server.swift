// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Takes requests, one a line, and answers each: what the handler returns, `busy`, or `failed` with the reason.
final class Server: Sendable {
    struct Limits: Sendable {
        /// Requests at work at once, of all clients. More are answered `busy` at once, instead of each of them late.
        var requests = 100
        var connections = 1_000
    }

    struct Counts: Sendable {
        var handled = 0
        var busy = 0
        var failed = 0
        var atWork = 0
        var connections = 0
    }

    typealias Handler = @Sendable (_ request: String) async throws -> Reply

    enum Reply: Sendable, Hashable {
        case done(String)
        case busy
    }

    private struct State {
        var counts = Counts()
        var connections: [ObjectIdentifier: Connection] = [:]
        var isStopping = false
    }

    private let listener: Listener
    private let limits: Limits
    private let handler: Handler
    private let state = Mutex(State())

    init(_ listener: Listener, limits: Limits = Limits(), handler: @escaping Handler) {
        self.listener = listener
        self.limits = limits
        self.handler = handler
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Serves until ``stop()``; returns when every request that was read is answered.
    func run() async {
        let (clients, newClient) = AsyncStream.makeStream(of: Connection.self)
        listener.accept {
            newClient.yield(Connection($0))
        } end: {
            newClient.finish()
        }
        await withDiscardingTaskGroup { group in
            for await client in clients {
                group.addTask { await self.serve(client) }
            }
        }
    }

    func stop() {
        listener.stop()
        let connections = state.withLock { state in
            state.isStopping = true
            return Array(state.connections.values)
        }
        for connection in connections { connection.stopReading() }
    }

    private func serve(_ client: Connection) async {
        let isWelcome = state.withLock { state in
            guard state.connections.count < limits.connections, !state.isStopping else { return false }
            state.connections[ObjectIdentifier(client)] = client
            state.counts.connections = state.connections.count
            return true
        }
        guard isWelcome else {
            _ = await client.reply("busy")
            return
        }
        defer {
            state.withLock { state in
                state.connections[ObjectIdentifier(client)] = nil
                state.counts.connections = state.connections.count
            }
        }
        while let request = await client.nextLine() {
            // A client who has gone does not take his request with him: it is delivered or not, and counted.
            guard await client.reply(await answer(request)) else { return }
        }
    }

    private func answer(_ request: String) async -> String {
        guard enter() else { return "busy" }
        do {
            switch try await handler(request) {
            case .done(let reply):
                leave { $0.handled += 1 }
                return reply
            case .busy:
                leave { $0.busy += 1 }
                return "busy"
            }
        } catch {
            // Whatever a handler throws ends its request, and nothing else.
            leave { $0.failed += 1 }
            return "failed: \(error)"
        }
    }

    private func enter() -> Bool {
        state.withLock { state in
            guard state.counts.atWork < limits.requests else {
                state.counts.busy += 1
                return false
            }
            state.counts.atWork += 1
            return true
        }
    }

    private func leave(_ count: (inout Counts) -> Void) {
        state.withLock { state in
            state.counts.atWork -= 1
            count(&state.counts)
        }
    }
}
