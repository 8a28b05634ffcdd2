// SPDX-License-Identifier: Apache-2.0

/// `kprod man`: prints a page of the manual, for `Scripts/install` and for packages.
struct ManCommand: Command {
    static let syntax = CommandSyntax(
        name: "man",
        summary: "Print a page of the manual as roff: kprod, or kprod-formats.",
        operands: "kprod|kprod-formats",
        options: [.help],
        notes: [],
        examples: ["kprod man kprod | man -l -"],
        isHidden: true
    )

    private let page: ManPage

    init(_ arguments: ParsedArguments) throws(ToolError) {
        switch arguments.operands {
        case [], ["kprod"]: page = .kprod
        case ["kprod-formats"]: page = .formats
        default:
            let words = arguments.operands.map { printable($0) }.joined(separator: " ")
            throw .usage("man: \"\(words)\" is none of kprod, kprod-formats")
        }
    }

    func run(_ terminal: Terminal) async -> Ending {
        do throws(ToolError) {
            try StandardOutput.write(page.text)
            return .status(.success)
        } catch {
            terminal.error(error.message)
            return .status(error.status)
        }
    }
}
