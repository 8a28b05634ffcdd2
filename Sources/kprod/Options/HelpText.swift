// SPDX-License-Identifier: Apache-2.0

/// The help pages, laid out from the option tables.
enum HelpText {
    static var overview: String {
        var lines = [
            "kprod writes records to Kafka and says what became of every one of them.",
            "",
            "Examples:",
        ]
        lines += CommandLineTool.commands.flatMap { $0.syntax.examples }.map { "  \($0)" }
        lines += ["", "Commands:"]
        lines += CommandLineTool.commands.map { row($0.syntax.name, $0.syntax.summary, column: 11) }
        lines += [
            row("help CMD", "Show the options of a command.", column: 11),
            row("version", "Show the versions of kprod and of librdkafka.", column: 11),
            "",
            "Exit status:",
        ]
        lines += exitStatus.map { row($0.0, $0.1, column: 11) }
        return lines.joined(separator: "\n") + "\n"
    }

    static func page(for syntax: CommandSyntax) -> String {
        let operands = syntax.operands.map { " \($0)" } ?? ""
        var lines = ["kprod \(syntax.name) [OPTION…]\(operands)", "", syntax.summary, "", "Options:"]
        for option in syntax.options {
            let short = option.short.map { "-\($0)" } ?? "  "
            let long = option.long.map { (option.short == nil ? "  --" : ", --") + $0 } ?? ""
            let argument = option.argument.map { option.hasOptionalArgument ? $0 : " \($0)" } ?? ""
            lines.append(row(short + long + argument, option.help, column: 28))
        }
        for note in syntax.notes { lines += [""] + wrap(note, width: 78) }
        if !syntax.examples.isEmpty { lines += ["", "Examples:"] + syntax.examples.map { "  \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let exitStatus = [
        ("0", "every record read was delivered"),
        ("1", "some records failed; the rest are in"),
        ("64", "the command line is wrong"),
        ("66", "an input could not be opened or read"),
        ("69", "nothing was delivered: no broker reachable, or no such topic or partition"),
        ("70", "the client failed for good"),
        ("74", "an output could not be written"),
        ("75", "a deadline passed with records undelivered"),
        ("77", "authentication or authorization was refused"),
        ("78", "the configuration is wrong"),
        ("128+n", "ended by signal n"),
    ]

    private static func row(_ left: String, _ right: String, column: Int) -> String {
        let lines = wrap(right, width: 78 - column)
        let indent = String(repeating: " ", count: column + 2)
        let padding = String(repeating: " ", count: max(1, column - left.count))
        // A left side that is too long for its column has the line to itself.
        let first =
            left.count < column ? "  \(left)\(padding)\(lines.first ?? "")" : "  \(left)\n\(indent)\(lines.first ?? "")"
        return ([first] + lines.dropFirst().map { indent + $0 }).joined(separator: "\n")
    }

    private static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
