// SPDX-License-Identifier: Apache-2.0

/// `kprod completions`: a script that teaches the shell to complete command lines of kprod.
struct CompletionsCommand: Command {
    static let syntax = CommandSyntax(
        name: "completions",
        summary: "Print a script that completes command lines in a shell.",
        operands: "bash|zsh|fish",
        options: [.help],
        notes: [
            "bash: source <(kprod completions bash), in ~/.bashrc. zsh: the same after compinit, or as a file _kprod in a "
                + "folder of $fpath. fish: kprod completions fish > ~/.config/fish/completions/kprod.fish. Topics are asked "
                + "of the brokers that -b, the environment or the property file names, for a second at most."
        ],
        examples: ["source <(kprod completions bash)"]
    )

    private let shell: CompletionScript

    init(_ arguments: ParsedArguments) throws(ToolError) {
        guard let name = arguments.operands.first else {
            throw .usage("completions: name the shell: bash, zsh or fish")
        }
        guard let shell = CompletionScript(rawValue: name), arguments.operands.count == 1 else {
            throw .usage("completions: \"\(printable(name))\" is none of bash, zsh, fish")
        }
        self.shell = shell
    }

    func run(_ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            try StandardOutput.write(shell.text)
            return .status(.success)
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
    }
}
