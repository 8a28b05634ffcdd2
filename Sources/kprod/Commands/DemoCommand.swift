// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// `kprod demo`: made-up records to a cluster inside this process.
///
/// Needs nothing, and shows what to expect.
struct DemoCommand: Command {
    static let syntax = CommandSyntax(
        name: "demo",
        summary: "Send generated records to a mock cluster inside this process; needs no broker.",
        operands: nil,
        options: [
            Option(.count, "c", "count", "N", help: "How many records (default 1000000)."),
            Option(.size, nil, "size", "BYTES", help: "The size of a value (default 100)."),
            .drainTimeout, .progress, .statsInterval, .statsFile, .color, .quiet, .help,
        ],
        notes: [],
        examples: ["kprod demo"]
    )

    /// Fits into a message of the default limit, with its framing.
    private static let largestSize = 999_000

    private let count: Int
    private let size: Int
    private let drainTimeout: Duration
    private let isQuiet: Bool
    private let progress: ProgressOptions

    init(_ arguments: ParsedArguments) throws(ToolError) {
        count = try arguments.value(.count, OptionValue.count) ?? 1_000_000
        size =
            try arguments.value(.size) { text throws(OptionValue.Invalid) in
                let size = try OptionValue.byteCount(text)
                if size > Self.largestSize {
                    throw OptionValue.Invalid("is over the limit of \(Self.largestSize) bytes")
                }
                return size
            } ?? 100
        drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration) ?? .seconds(10)
        isQuiet = arguments.has(.quiet)
        progress = try ProgressOptions(arguments)
    }

    func run(_ terminal: Terminal) async -> Ending {
        let cluster: MockCluster
        do throws(KafkaError) {
            cluster = try await MockCluster(brokers: 3, topics: ["demo": 6])
        } catch {
            terminal.error("the mock cluster cannot be started: \(error.message)")
            return .status(.unavailable)
        }
        var configuration = AsyncProducer.Configuration(bootstrapServers: cluster.bootstrapServers)
        configuration.clientID = "kprod-demo"
        var session = Session(configuration: configuration, topic: "demo")
        session.drainTimeout = drainTimeout
        session.isQuiet = isQuiet
        session.total = count
        session.progress = progress
        session.measuresLatency = true
        let ending = await session.run(GeneratedFeed(count: count, size: size), terminal)
        await cluster.shutdown()
        return ending
    }
}
