// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// `kprod topics`: what the cluster consists of.
struct TopicsCommand: Command {
    static let syntax = CommandSyntax(
        name: "topics",
        summary: "List brokers and topics, or the partitions of some topics.",
        operands: "[TOPIC…]",
        options: [.brokers, .property, .configFile, .profile, .noInput, .timeout, .json, .help],
        notes: [
            "Also called kprod metadata. Asking never creates a topic. A TOPIC that does not exist makes the exit status 69; the nearest name is "
                + "suggested."
        ],
        examples: ["kprod topics -b $BROKERS orders"]
    )

    private let query: ClusterQuery
    private let topics: [String]
    private let isJSON: Bool

    init(_ arguments: ParsedArguments) throws(ToolError) {
        var query = ClusterQuery(client: try ClientOptions(arguments, defaults: [:]))
        query.timeout = try arguments.value(.timeout, OptionValue.duration) ?? query.timeout
        self.query = query
        topics = arguments.operands
        isJSON = arguments.has(.json)
    }

    func run(_ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            // All of them: a name that is not among them may be like one that is.
            let all = try await query.metadata(for: nil, terminal)
            let chosen = try choose(from: all, terminal)
            let listing = TopicListing(metadata: chosen.metadata, showsPartitions: !topics.isEmpty)
            try StandardOutput.write(isJSON ? listing.json : listing.text)
            return .status(chosen.isComplete ? .success : .unavailable)
        } catch {
            terminal.error(error.message)
            if isJSON { FailureObject.write(error) }
            return .status(error.status)
        }
    }

    /// The topics that were asked for, as far as there are any.
    private func choose(
        from all: ClusterMetadata,
        _ terminal: Terminal
    ) throws(ToolError) -> (metadata: ClusterMetadata, isComplete: Bool) {
        if topics.isEmpty { return (all, true) }
        var found: [ClusterMetadata.Topic] = []
        for name in topics {
            if let topic = all.topics.first(where: { $0.name == name }) {
                found.append(topic)
            } else {
                terminal.error(UnknownTopic.message(name, among: all.topics))
            }
        }
        let metadata = ClusterMetadata(
            clusterID: all.clusterID,
            controllerID: all.controllerID,
            sourceID: all.sourceID,
            sourceName: all.sourceName,
            brokers: all.brokers,
            topics: found
        )
        return (metadata, found.count == topics.count)
    }
}
