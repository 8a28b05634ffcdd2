// SPDX-License-Identifier: Apache-2.0

/// `kprod demo`: made-up records to a cluster inside this process.
///
/// Needs nothing, and shows what to expect.
struct DemoCommand: Command {
    static let syntax = CommandSyntax(
        name: "demo",
        summary: "Send generated records to a mock cluster inside this process; needs no broker.",
        operands: nil,
        options: load + Option.faults + [.noPlot, .drainTimeout] + Option.reporting + [.quiet, .help],
        notes: [
            "It is a benchmark without a broker: see kprod help bench. The mock cluster shares the processor with it."
        ],
        examples: ["kprod demo", "kprod demo --rtt 5ms --down 2@1s --up 2@3s"]
    )

    private static let load = [
        Option(.count, "c", "count", "N", help: "How many records (default 1000000)."),
        Option(.size, nil, "size", "SIZE", help: "The size of a value (default 100), or sizes as in kprod bench."),
        Option(.mockBrokers, nil, "brokers", "N", help: "How many brokers (default 3)."),
    ]

    private static let topic = "demo"

    /// Fits into a message of the default limit, with its framing.
    private static let largestSize = 999_000

    private let server: MockServer.Plan
    private let arguments: ParsedArguments
    private let workload: Workload

    init(_ arguments: ParsedArguments) throws(ToolError) {
        self.arguments = arguments
        var server = try MockServer.Plan(arguments, brokers: 3)
        server.topics = [Self.topic: 6]
        self.server = server
        var workload = Workload()
        workload.length = .records(try arguments.value(.count, OptionValue.count) ?? 1_000_000)
        let sizes =
            try arguments.value(.size) { text throws(OptionValue.Invalid) in
                let sizes = try OptionValue.sizes(text)
                if sizes.largest > Self.largestSize {
                    throw OptionValue.Invalid("is over the limit of \(Self.largestSize) bytes")
                }
                return sizes
            } ?? .fixed(100)
        workload.payload = .random(sizes, compressibility: nil)
        self.workload = workload
        // Everything else that can be wrong is found now, too.
        _ = try plan(servers: "none:1")
    }

    func run(_ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            let server = try await MockServer(server, terminal)
            let ending = await Benchmark(try plan(servers: server.servers), terminal).run()
            await server.shutdown()
            return ending
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
    }

    private func plan(servers: String) throws(ToolError) -> BenchPlan {
        let arguments = arguments.setting(.brokers, servers)
        let client = try ClientOptions(arguments, defaults: [:], environment: [:])
        var plan = BenchPlan(client: client, topic: Self.topic)
        plan.workload = workload
        plan.plots = !arguments.has(.noPlot)
        plan.drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        plan.progress = try ProgressOptions(arguments)
        plan.isQuiet = arguments.has(.quiet)
        return plan
    }
}
