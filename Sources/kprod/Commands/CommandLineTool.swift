// SPDX-License-Identifier: Apache-2.0

/// Finds the subcommand and runs it.
enum CommandLineTool {
    static let commands: [any Command.Type] = [ProduceCommand.self, DemoCommand.self, MockCommand.self]

    static func run(_ arguments: [String], terminal: Terminal = Terminal()) async -> Ending {
        do throws(ToolError) {
            return try await dispatch(arguments, terminal)
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
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
        case "-V", "--version", "version": return try print(VersionText.current)
        default:
            let command = try find(name)
            let parsed = try ParsedArguments(rest, syntax: command.syntax)
            if parsed.has(.help) { return try print(HelpText.page(for: command.syntax)) }
            return try await command.init(parsed).run(terminal)
        }
    }

    private static func find(_ name: String) throws(ToolError) -> any Command.Type {
        if let command = commands.first(where: { $0.syntax.name == name }) { return command }
        if name.hasPrefix("-") {
            throw .usage("option \(printable(name)) needs a command before it; try: kprod produce \(printable(name)) …")
        }
        let names = commands.map { $0.syntax.name } + ["help", "version"]
        let hint = Suggestion.nearest(to: name, in: names).map { "did you mean \($0)?" } ?? "see kprod --help"
        throw .usage("unknown command \"\(printable(name))\"; \(hint)")
    }

    private static func print(_ text: String) throws(ToolError) -> Ending {
        try StandardOutput.write(text)
        return .status(.success)
    }
}
