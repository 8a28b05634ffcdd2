// SPDX-License-Identifier: Apache-2.0

/// The help pages, laid out from the option tables.
enum HelpText {
    /// What people come for, in the order in which they come for it.
    static let examples = [
        "tail -F app.log | kprod -b $BROKERS -t logs -z zstd                # as kcat",
        "kprod produce -b $BROKERS -t orders -K: --report results.ndjson \\",
        "    --dead-letter bad.dlq orders.txt",
        "kcat -C -b A -t src -e -J | kprod produce -b B -t dst --format json # copy",
        "kprod produce -F prod.conf -t big --checkpoint big.ckpt --resume \\",
        "    --rate 20MiB/s big.ndjson",
        "kprod bench -b $BROKERS --topic t --num-records 5000000 \\",
        "    --record-size 100 --throughput -1",
        "kprod demo                                              # no broker needed",
    ]

    static var overview: String {
        var lines = ["kprod writes records to Kafka and says what became of every one of them.", "", "Examples:"]
        lines += examples.map { "  \($0)" }
        lines += ["", "Commands (kprod help COMMAND shows its options, man kprod everything):"]
        lines += CommandLineTool.visible.map { row($0.name, $0.summary, column: 13) }
        lines.append(row("version", "Show the versions of kprod and of librdkafka.", column: 13))
        let statuses = exitStatus.map { "\($0.0) \($0.1)" }.joined(separator: "; ")
        lines += ["", "Exit status:"] + wrap(statuses, width: 76).map { "  \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// An option as it stands in the help: `-t, --topic TOPIC`.
    static func spelling(of option: Option) -> String {
        let names = [option.short.map { "-\($0)" }, option.long.map { "--\($0)" }].compactMap { $0 }
        return names.joined(separator: ", ") + (option.argument.map { " \($0)" } ?? "")
    }

    static func page(for syntax: CommandSyntax) -> String {
        let operands = syntax.operands.map { " \($0)" } ?? ""
        var lines = ["kprod \(syntax.name) [OPTION…]\(operands)", "", syntax.summary]
        for group in syntax.groups where !group.options.isEmpty {
            lines += ["", "\(group.title):"] + group.options.map { row($0) }
        }
        for note in syntax.notes { lines += [""] + wrap(note, width: 78) }
        if !syntax.examples.isEmpty { lines += ["", "Examples:"] + syntax.examples.map { "  \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ option: Option) -> String {
        let short = option.short.map { "-\($0)" } ?? "  "
        let long = option.long.map { (option.short == nil ? "  --" : ", --") + $0 } ?? ""
        let argument = option.argument.map { option.hasOptionalArgument ? $0 : " \($0)" } ?? ""
        return row(short + long + argument, option.help, column: 28)
    }

    static let exitStatus = [
        ("0", "every record was delivered"),
        ("1", "some failed"),
        ("64", "wrong command line"),
        ("65", "input does not parse"),
        ("66", "input cannot be read"),
        ("69", "nothing delivered: no broker or no such topic"),
        ("70", "client failed for good"),
        ("74", "output cannot be written"),
        ("75", "deadline passed"),
        ("77", "not allowed"),
        ("78", "wrong configuration"),
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

    static func wrap(_ text: String, width: Int) -> [String] {
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
