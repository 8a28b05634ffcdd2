// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct OptionScannerTests {
    private static let options = [
        Option(.brokers, "b", "brokers", "HOST", help: ""),
        Option(.keyDelimiter, "K", "key-delimiter", "DELIM", help: ""),
        Option(.quiet, "q", "quiet", help: ""),
        Option(.drainTimeout, nil, "drain-timeout", "TIME", help: ""),
        Option(.help, "h", "help", help: ""),
    ]

    /// The options and operands of a command line, in words.
    private func scan(_ line: String) throws -> [String] {
        let words = line.split(separator: " ").map { String($0) }
        let scanned = try OptionScanner(words, options: Self.options)
        return scanned.given.map { "\(Self.options[$0.index].long ?? "?")=\($0.value)" } + scanned.operands
    }

    @Test(arguments: [
        ("-b x -q", ["brokers=x", "quiet="]),
        ("-bx -K:", ["brokers=x", "key-delimiter=:"]),
        ("-qb x a", ["quiet=", "brokers=x", "a"]),
        ("-qbx", ["quiet=", "brokers=x"]),
        ("--brokers x --brokers=y=z", ["brokers=x", "brokers=y=z"]),
        ("--drain 1s --q", ["drain-timeout=1s", "quiet="]),
        ("a -q b", ["quiet=", "a", "b"]),
        ("-q -- -b --x", ["quiet=", "-b", "--x"]),
        ("-", ["-"]),
        ("-b -q", ["brokers=-q"]),
        ("--brokers=", ["brokers="]),
    ])
    func reads(line: String, expected: [String]) throws {
        #expect(try scan(line) == expected)
    }

    @Test(arguments: [
        ("-x", "unknown option -x; see --help"),
        ("-qx", "unknown option -x; see --help"),
        ("-b", "option -b/--brokers needs HOST"),
        ("--drain-timeout", "option --drain-timeout needs TIME"),
        ("--quiet=1", "option --quiet takes no value"),
        ("--brokrs x", "unknown option --brokrs; did you mean --brokers?"),
        ("--zzzzzz", "unknown option --zzzzzz; see --help"),
        ("--=x", "option -- could be --brokers or --key-delimiter or --quiet or --drain-timeout or --help"),
    ])
    func refuses(line: String, message: String) {
        #expect(throws: ToolError(.usage, message)) { try scan(line) }
    }
}
