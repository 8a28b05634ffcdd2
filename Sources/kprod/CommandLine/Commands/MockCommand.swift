// SPDX-License-Identifier: Apache-2.0

/// `kprod mock`: a mock cluster for other processes, until a signal ends it.
struct MockCommand: Command {
    static let syntax = CommandSyntax(
        name: "mock",
        summary: "Serve a mock cluster to other processes until a signal ends it.",
        operands: nil,
        options: [.mockBrokers, .mockTopic] + Option.faults + [.color, .help],
        notes: [
            "Prints BROKERS=HOST:PORT,… on stdout once the brokers accept connections. Everything is kept in memory, the "
                + "newest 5 MiB of each partition, and is gone at the end. There is no TLS and no SASL.",
            "The faults are words on standard input as well, while it runs: fail Produce:NOT_ENOUGH_REPLICAS*5, down 2, "
                + "up 2@10s; help lists them, quit ends it.",
        ],
        examples: ["kprod mock --brokers 3 --topic orders:6"]
    )

    private let plan: MockServer.Plan

    init(_ arguments: ParsedArguments) throws(ToolError) { plan = try MockServer.Plan(arguments) }

    func run(_ terminal: Terminal) async -> Ending {
        let (endings, post) = AsyncStream.makeStream(of: Ending.self)
        Signals.watch { post.yield(.signal($0)) }
        do throws(ToolError) {
            let server = try await MockServer(plan, terminal)
            let ending = await serve(server, terminal, endings, post)
            await server.shutdown()
            return ending
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
    }

    private func serve(
        _ server: MockServer,
        _ terminal: Terminal,
        _ endings: AsyncStream<Ending>,
        _ post: AsyncStream<Ending>.Continuation
    ) async -> Ending {
        do throws(ToolError) {
            try StandardOutput.write("BROKERS=\(server.servers)\n")
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
        if MockConsole.canListen {
            let console = MockConsole(server: server, terminal: terminal)
            // The end of the input is not the end: a service has none.
            Task { if await console.listen() { post.yield(.status(.success)) } }
        }
        for await ending in endings { return ending }
        return .status(.success)
    }
}
