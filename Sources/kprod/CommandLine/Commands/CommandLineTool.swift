// SPDX-License-Identifier: Apache-2.0

/// Finds the subcommand and runs it.
enum CommandLineTool {
    static let commands: [any Command.Type] = [
        ProduceCommand.self, ReplayCommand.self, KcatCommand.self, BenchCommand.self, TopicsCommand.self,
        ConfigCommand.self, MockCommand.self, DemoCommand.self,
        CompletionsCommand.self, ManCommand.self,
    ]

    /// Those that people are told of.
    static var visible: [CommandSyntax] { commands.map { $0.syntax }.filter { !$0.isHidden } }

    /// Runs what `arguments` ask for; `name` is what the command was called as.
    static func run(_ arguments: [String], as name: String = "kprod", terminal: Terminal = Terminal()) async -> Ending {
        let isKcat = KcatCommand.names.contains(name)
        let words = isKcat || startsWithOption(arguments) ? [KcatCommand.syntax.name] + arguments : arguments
        let terminal = words.first == KcatCommand.syntax.name ? terminal.inStyle(.kcat) : terminal
        do throws(ToolError) {
            try ProcessStart.checkDescriptors()
            return try await dispatch(words, terminal)
        } catch {
            terminal.error(error.message)
            // What the words mean may not be known, but this one is the same everywhere.
            if words.prefix(while: { $0 != "--" }).contains("--json") { FailureObject.write(error) }
            return .status(error.status)
        }
    }

    /// kcat's way to be called. Asked for help or its version, the command speaks for itself.
    private static func startsWithOption(_ arguments: [String]) -> Bool {
        guard let first = arguments.first else { return false }
        return first.hasPrefix("-") && !["-h", "--help", "-V", "--version"].contains(first)
    }

    private static func dispatch(_ arguments: [String], _ terminal: Terminal) async throws(ToolError) -> Ending {
        guard let name = arguments.first else {
            throw .usage("no command given; try: kprod demo, or kprod --help")
        }
        let rest = Array(arguments.dropFirst())
        switch name {
        case "-h", "--help": return try print(HelpText.overview)
        case "help":
            guard let topic = rest.first else { return try print(HelpText.overview) }
            return try print(HelpText.page(for: find(topic).syntax))
        // Its words are another command line, with options of that one.
        case CompleteCommand.name: return try await CompleteCommand(words: rest).run()
        case "-V", "--version", "version": return try print(VersionText.current)
        default:
            let command = try find(name)
            let parsed = try ParsedArguments(rest, syntax: command.syntax)
            if parsed.has(.help) { return try print(HelpText.page(for: command.syntax)) }
            return try await run(
                command,
                parsed,
                try terminal.choosing(parsed.value(.color, OptionValue.word) ?? .auto)
            )
        }
    }

    /// Runs a command, against a mock cluster of its own if it wants one.
    private static func run(
        _ command: any Command.Type,
        _ arguments: ParsedArguments,
        _ terminal: Terminal
    ) async throws(ToolError) -> Ending {
        guard let count = try arguments.value(.mock, OptionValue.mockBrokers) else {
            return try await command.init(arguments).run(terminal)
        }
        if arguments.has(.brokers) { throw .usage("options --mock and -b/--brokers exclude each other") }
        // What is wrong with the command line is found before anything is started.
        _ = try command.init(arguments.setting(.brokers, "none:1"))
        let server = try await MockServer(MockServer.Plan(arguments, brokers: count), terminal)
        let ending = try await command.init(arguments.setting(.brokers, server.servers)).run(terminal)
        await server.shutdown()
        return ending
    }

    private static func find(_ name: String) throws(ToolError) -> any Command.Type {
        if name == "metadata" { return TopicsCommand.self }
        if let command = commands.first(where: { $0.syntax.name == name }) { return command }
        let names = commands.map { $0.syntax.name } + ["help", "version"]
        let hint = Suggestion.nearest(to: name, in: names).map { "did you mean \($0)?" } ?? "see kprod --help"
        throw .usage("unknown command \"\(printable(name))\"; \(hint)")
    }

    private static func print(_ text: String) throws(ToolError) -> Ending {
        try StandardOutput.write(text)
        return .status(.success)
    }
}
