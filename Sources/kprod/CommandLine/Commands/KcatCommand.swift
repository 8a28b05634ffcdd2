// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The command line of `kcat -P` and `-L`, letter by letter: for scripts that were written for it.
///
/// Chosen by the name `kcat` or `kafkacat`, or by a first argument that is an option.
struct KcatCommand: Command {
    static let names = ["kcat", "kafkacat"]

    private enum Action {
        case produce(ProduceJob)
        case list(Listing)
        case dump(ClientOptions)
        case listProperties
        case showVersion
    }

    /// `kcat -L`.
    private struct Listing {
        let query: ClusterQuery
        let topic: String?
        let isJSON: Bool

        init(_ arguments: ParsedArguments, _ client: ClientOptions) throws(ToolError) {
            let timeout = try arguments.value(.metadataTimeout, OptionValue.seconds) ?? .seconds(5)
            query = ClusterQuery(client: client, timeout: timeout, isVerbose: arguments.has(.verbose))
            topic = try arguments.value(.topic, OptionValue.string)
            isJSON = arguments.has(.listJSON)
        }

        func text(_ terminal: Terminal) async throws(ToolError) -> String {
            let metadata = try await query.metadata(for: topic, terminal)
            return isJSON
                ? KcatListing.json(metadata, topic: topic) : KcatListing.text(metadata, topic: topic)
        }
    }

    private let action: Action

    init(_ arguments: ParsedArguments) throws(ToolError) {
        if arguments.has(.version) {
            action = .showVersion
            return
        }
        if arguments.has(.otherMode) { throw .usage("consuming is not what this tool does; use kcat") }
        let words = arguments.strings(.property)
        if words.contains("list") {
            action = .listProperties
            return
        }
        // kcat leaves keys to librdkafka's own partitioner; a mistyped topic is found out sooner than the brokers could be
        // given up.
        var client = try ClientOptions(
            arguments.without(.property, "dump"),
            defaults: ["partitioner": "consistent_random", "topic.metadata.propagation.max.ms": "10000"],
            isKcats: true
        )
        client.warnsOfSecrets = false
        if words.contains("dump") {
            action = .dump(client)
            return
        }
        if arguments.has(.listMode) {
            action = .list(try Listing(arguments, client))
            return
        }
        if !arguments.has(.produceMode), isatty(STDIN_FILENO) == 1, arguments.operands.isEmpty {
            throw .usage("standard input is a terminal, where kcat would consume; add -P to type records")
        }
        action = .produce(try Self.job(arguments, client))
    }

    func run(_ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            switch action {
            case .produce(let job): return await job.run(terminal)
            case .dump(let client):
                let configuration = try await client.resolve(needsServers: false).configuration
                try StandardOutput.write(try PropertyListing.dump(configuration))
            case .listProperties: try StandardOutput.write(PropertyListing.list())
            case .list(let listing): try StandardOutput.write(try await listing.text(terminal))
            case .showVersion: try StandardOutput.write(VersionText.current)
            }
            return .status(.success)
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
    }

    private static func job(_ arguments: ParsedArguments, _ client: ClientOptions) throws(ToolError) -> ProduceJob {
        var job = try ProduceJob(arguments, client: client)
        job.rules.keyDelimiter = try arguments.value(.keyDelimiter, OptionValue.kcatDelimiter)
        // Without -K it has no effect, and skipped lines never become tombstones.
        job.rules.emptyFieldIsNull = arguments.has(.emptyIsNull)
        job.waitBroker = try arguments.value(.metadataTimeout, OptionValue.seconds) ?? job.waitBroker
        // Where -vvv is wanted here, kcat wants -vv: it is a little verbose without any.
        let verbosity = arguments.strings(.verbose).count
        job.verbosity = verbosity == 0 ? 0 : verbosity + 1
        let delimiter = try arguments.value(.delimiter, OptionValue.kcatDelimiter) ?? .newline
        let isWhole = !arguments.operands.isEmpty && !arguments.has(.lines)
        job.input = isWhole ? .whole : .lines(delimiter)
        // kcat shows what it has cut out of lines, and cuts keys out of lines only.
        job.isTeed = arguments.has(.tee) && !isWhole
        if isWhole { job.rules.keyDelimiter = nil }
        return job
    }
}
