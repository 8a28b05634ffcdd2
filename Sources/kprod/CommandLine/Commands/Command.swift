// SPDX-License-Identifier: Apache-2.0

/// One subcommand: its syntax is data, which feeds the parser and the help alike.
protocol Command: Sendable {
    static var syntax: CommandSyntax { get }
    /// Checks the arguments; everything wrong with them is found here, before anything is done.
    init(_ arguments: ParsedArguments) throws(ToolError)
    func run(_ terminal: Terminal) async -> Ending
}

/// What can be written after `kprod NAME`.
struct CommandSyntax: Sendable {
    let name: String
    let summary: String
    /// What follows the options, such as `[FILE…]`; nil if nothing may.
    let operands: String?
    let options: [Option]
    /// Paragraphs below the options.
    let notes: [String]
    let examples: [String]
    /// Whether it is for other programs and not shown to people.
    var isHidden = false
}
