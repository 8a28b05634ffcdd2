// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The command line of `kcat -P`, letter by letter: for scripts that were written for it.
///
/// Chosen by the name `kcat` or `kafkacat`, or by a first argument that is an option.
struct KcatCommand: Command {
    static let names = ["kcat", "kafkacat"]

    private enum Action {
        case produce(ProduceJob)
        case dump(ClientOptions)
        case showVersion
    }

    private let action: Action

    init(_ arguments: ParsedArguments) throws(ToolError) {
        if arguments.has(.version) {
            action = .showVersion
            return
        }
        if arguments.has(.otherMode) { throw .usage("consuming is not what this tool does; use kcat") }
        if arguments.has(.listMode) {
            throw .usage(
                "option -L: kprod cannot list metadata, as its library does not ask brokers for it; use kcat -L"
            )
        }
        let words = arguments.strings(.property)
        if words.contains("list") {
            throw .usage("option -X list: kprod has no list of properties; see CONFIGURATION.md of librdkafka")
        }
        // A mistyped topic is found out sooner than the brokers could be given up.
        let client = try ClientOptions(
            arguments.without(.property, "dump"),
            defaults: ["topic.metadata.propagation.max.ms": "10000"],
            file: PropertyFile.kcatDefault()
        )
        if words.contains("dump") {
            action = .dump(client)
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
                try StandardOutput.write("\(try await client.resolve().configuration)\n")
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
        job.isTeed = arguments.has(.tee)
        job.verbosity = arguments.strings(.verbose).count
        let delimiter = try arguments.value(.delimiter, OptionValue.kcatDelimiter) ?? .newline
        let isWhole = !arguments.operands.isEmpty && !arguments.has(.lines)
        job.input = isWhole ? .whole : .lines(delimiter)
        // kcat cuts keys out of lines only.
        if isWhole { job.rules.keyDelimiter = nil }
        return job
    }
}
