// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// `kprod produce`: lines of files or of standard input become records.
struct ProduceCommand: Command {
    static let syntax = CommandSyntax(
        name: "produce",
        summary: "Write lines of standard input or of files to a topic.",
        operands: "[FILE…]",
        options: [
            Option(.brokers, "b", "brokers", "HOST:PORT,…", help: "Where to find the cluster."),
            Option(.topic, "t", "topic", "TOPIC", help: "Where the records go."),
            Option(
                .keyDelimiter,
                "K",
                "key-delimiter",
                "DELIM",
                help:
                    "The key ends at the first DELIM of a line; a line without it has no key. \\n \\t \\r \\0 \\\\ and "
                    + "\\xNN are understood."
            ),
            Option(
                .property,
                "X",
                "property",
                "KEY=VALUE",
                help: "A property of librdkafka, such as linger.ms=50 or security.protocol=ssl. Repeatable."
            ),
            Option(
                .waitBroker,
                nil,
                "wait-broker",
                "TIME",
                help: "Give up when nothing could be delivered for this long after the first record (default 30s)."
            ),
            .drainTimeout, .quiet, .help,
        ],
        notes: [
            "Each line is a record; its newline is not part of it, a carriage return is. Empty lines are skipped and "
                + "counted. Without FILE, or with -, standard input is read.",
            "Keys choose partitions as Java clients do (murmur2_random); -X partitioner=consistent_random is kcat's way.",
            "The last line on stderr is the account: what was read is delivered, failed, undelivered or skipped.",
        ],
        examples: [
            "tail -F app.log | kprod produce -b $BROKERS -t logs -X compression.codec=zstd",
            "kprod produce -b $BROKERS -t orders -K: orders.txt more.txt",
        ]
    )

    private let servers: [String]
    private let topic: String
    private let keyDelimiter: Delimiter?
    private let properties: [String: String]
    private let drainTimeout: Duration?
    private let waitBroker: Duration
    private let isQuiet: Bool
    private let sources: [InputSource]

    init(_ arguments: ParsedArguments) throws(ToolError) {
        var properties = ["partitioner": "murmur2_random"]
        for (key, value) in try arguments.values(.property, OptionValue.property) { properties[key] = value }
        // A mistyped topic is found out sooner than the brokers could be given up.
        properties["topic.metadata.propagation.max.ms"] = properties["topic.metadata.propagation.max.ms"] ?? "10000"
        let named = try arguments.value(.brokers, OptionValue.servers)
        servers = named ?? []
        if named == nil, properties["bootstrap.servers"] == nil, properties["metadata.broker.list"] == nil {
            throw .usage("option -b/--brokers is missing; name a broker such as localhost:9092")
        }
        guard let topic = try arguments.value(.topic, OptionValue.string) else {
            throw .usage("option -t/--topic is missing; name the topic to write to")
        }
        self.topic = topic
        self.properties = properties
        keyDelimiter = try arguments.value(.keyDelimiter) { text throws(OptionValue.Invalid) in try Delimiter(text) }
        drainTimeout = try arguments.value(.drainTimeout, OptionValue.duration)
        waitBroker = try arguments.value(.waitBroker, OptionValue.duration) ?? .seconds(30)
        isQuiet = arguments.has(.quiet)
        sources = arguments.operands.isEmpty ? [.standardInput] : arguments.operands.map { InputSource($0) }
    }

    func run(_ terminal: Terminal) async -> Ending {
        var configuration = AsyncProducer.Configuration(bootstrapServers: servers)
        configuration.clientID = "kprod"
        configuration.librdkafka = properties
        var session = Session(configuration: configuration, topic: topic)
        session.drainTimeout = drainTimeout ?? .seconds(10)
        session.endTimeout = drainTimeout
        session.waitBroker = waitBroker
        session.isQuiet = isQuiet
        session.isTyped = sources.contains(.standardInput) && isatty(STDIN_FILENO) == 1
        let limit = properties["message.max.bytes"].flatMap { Int($0) } ?? 1_000_000
        let feed = LineFeed(sources: sources, keyDelimiter: keyDelimiter, limit: limit)
        let sources = sources
        return await session.run(feed, terminal) { () throws(ToolError) in
            for source in sources { try source.check() }
        }
    }
}
