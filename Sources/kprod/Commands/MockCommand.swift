// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit

/// `kprod mock`: a mock cluster for other processes, until a signal ends it.
struct MockCommand: Command {
    static let syntax = CommandSyntax(
        name: "mock",
        summary: "Serve a mock cluster to other processes until a signal ends it.",
        operands: nil,
        options: [
            Option(.mockBrokers, nil, "brokers", "N", help: "How many brokers (default 1)."),
            Option(
                .mockTopic,
                nil,
                "topic",
                "NAME:PARTITIONS",
                help: "Create a topic. Repeatable; others come into being with 4 partitions when they are asked for."
            ),
            .help,
        ],
        notes: [
            "Prints BROKERS=HOST:PORT,… on stdout once the brokers accept connections. Everything is kept in memory, the "
                + "newest 5 MiB of each partition, and is gone at the end. There is no TLS and no SASL."
        ],
        examples: ["kprod mock --brokers 3 --topic orders:6"]
    )

    private let brokers: Int
    private let topics: [String: Int]

    init(_ arguments: ParsedArguments) throws(ToolError) {
        brokers = try arguments.value(.mockBrokers, OptionValue.count) ?? 1
        var topics: [String: Int] = [:]
        for topic in try arguments.values(.mockTopic, OptionValue.topicWithPartitions) {
            topics[topic.name] = topic.partitions
        }
        self.topics = topics
    }

    func run(_ terminal: Terminal) async -> Ending {
        let (signals, post) = AsyncStream.makeStream(of: Int32.self)
        Signals.watch { post.yield($0) }
        let cluster: MockCluster
        do throws(KafkaError) {
            cluster = try await MockCluster(brokers: brokers, topics: topics)
        } catch {
            terminal.error("the mock cluster cannot be started: \(error.message)")
            return .status(error.code == .systemResources ? .software : .usage)
        }
        let ending = await serve(cluster, signals, terminal)
        await cluster.shutdown()
        return ending
    }

    private func serve(_ cluster: MockCluster, _ signals: AsyncStream<Int32>, _ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            try StandardOutput.write("BROKERS=\(cluster.bootstrapServers.joined(separator: ","))\n")
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
        for await number in signals { return .signal(number) }
        return .status(.success)
    }
}
