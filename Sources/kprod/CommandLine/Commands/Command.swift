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
    /// All of them, by what they are about.
    let groups: [OptionGroup]
    /// The same in one list.
    let options: [Option]
    /// Paragraphs below the options.
    let notes: [String]
    let examples: [String]
    /// Whether it is for other programs and not shown to people.
    let isHidden: Bool

    init(
        name: String,
        summary: String,
        operands: String?,
        groups: [OptionGroup],
        notes: [String],
        examples: [String],
        isHidden: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.operands = operands
        self.groups = groups
        options = groups.flatMap(\.options)
        self.notes = notes
        self.examples = examples
        self.isHidden = isHidden
    }

    /// A command with few options.
    init(
        name: String,
        summary: String,
        operands: String?,
        options: [Option],
        notes: [String],
        examples: [String],
        isHidden: Bool = false
    ) {
        self.init(
            name: name,
            summary: summary,
            operands: operands,
            groups: [OptionGroup(title: "Options", options: options)],
            notes: notes,
            examples: examples,
            isHidden: isHidden
        )
    }
}

/// Options about one thing.
struct OptionGroup: Sendable {
    let title: String
    let options: [Option]
}
