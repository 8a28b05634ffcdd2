// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import kprod

@Suite struct CommandLineTests {
    /// What a command line that is refused ends with, and says.
    private func run(_ arguments: [String]) async -> (ending: Ending, lines: [String]) {
        let text = Mutex("")
        let terminal = Terminal(isTerminal: false, environment: [:]) { new in text.withLock { $0 += new } }
        let ending = await CommandLineTool.run(arguments, terminal: terminal)
        return (ending, text.withLock { $0.split(separator: "\n").map { String($0) } })
    }

    @Test(
        arguments: [
            ([], "kprod: no command given; try: kprod demo, or kprod --help"),
            (["prodduce"], "kprod: unknown command \"prodduce\"; did you mean produce?"),
            (["-b", "x:1"], "% ERROR: option -t/--topic is missing; name the topic to write to"),
            (["-C", "-b", "x:1", "-t", "t"], "% ERROR: consuming is not what this tool does; use kcat"),
            (["-G", "g", "t"], "% ERROR: consuming is not what this tool does; use kcat"),
            (["-Q"], "% ERROR: consuming is not what this tool does; use kcat"),
            (["-LJ"], "% ERROR: option -b/--brokers is missing; name a broker such as localhost:9092"),
            (["-Lbx:1", "-m0"], "% ERROR: option -m: \"0\" is not a number of seconds from 1 to 86400"),
            (["metadata"], "kprod: option -b/--brokers is missing; name a broker such as localhost:9092"),
            (["topics"], "kprod: option -b/--brokers is missing; name a broker such as localhost:9092"),
            (
                ["-Pb", "x:1", "-tt", "-p", "x"],
                "% ERROR: option -p/--partition: \"x\" is not a partition; write its number, or -1 for the partitioner's choice"
            ),
            (
                ["produce", "-t", "t", "--tombstone"],
                "kprod: option --tombstone needs -k/--key: it deletes what has that key"
            ),
            (
                ["produce", "-t", "t", "--value", "v", "file"],
                "kprod: option --value reads no input, so \"file\" has no place"
            ),
            (
                ["produce", "-t", "t", "-K:", "--format", "lines"],
                "kprod: option --format: lines have no keys; leave out -K, or say kv"
            ),
            (
                ["produce", "-t", "t", "--empty", "drop"],
                "kprod: option --empty: \"drop\" is none of skip, send, null"
            ),
            (["help", "x"], "kprod: unknown command \"x\"; see kprod --help"),
            (
                ["demo", "-c", "0"],
                "kprod: option -c/--count: \"0\" is not a count; write a positive number such as 1000000, 500k or 2M"
            ),
            (["demo", "file"], "kprod: kprod demo takes no \"file\"; see kprod help demo"),
            (
                ["mock", "--topic", "a:b"],
                "kprod: option --topic: \"a:b\" has no number of partitions from 1 to 1000 after the colon, such as orders:6"
            ),
            (["produce", "-t", "t"], "kprod: option -b/--brokers is missing; name a broker such as localhost:9092"),
            (["produce", "-b", "x:1"], "kprod: option -t/--topic is missing; name the topic to write to"),
            (
                ["produce", "-b", "x:1", "-t", "t", "-K", "\\q"],
                "kprod: option -K/--key-delimiter: \"\\q\" has a backslash that is not \\n \\t \\r \\0 \\\\ or \\xNN"
            ),
            (
                ["produce", "-b", "x:1", "-t", "t", "--wait-broker", "2"],
                "kprod: option --wait-broker: \"2\" is not a time; write a number and a unit such as 500ms, 10s, 5m or 1h"
            ),
        ] as [([String], String)]
    )
    func usageErrorsSayWhatToDo(arguments: [String], message: String) async {
        let (ending, lines) = await run(arguments)
        #expect(ending == .status(.usage))
        #expect(lines == [message])
    }

    @Test func controlCharactersAreNotRepeated() async {
        let (_, lines) = await run(["\u{1B}[31m"])
        #expect(lines == ["kprod: unknown command \"\u{FFFD}[31m\"; see kprod --help"])
    }

    @Test func helpNamesEveryOption() {
        for command in CommandLineTool.commands {
            let page = HelpText.page(for: command.syntax)
            for option in command.syntax.options { #expect(page.contains(option.spelling.prefix(2))) }
            for option in command.syntax.options { #expect(option.long.map { page.contains("--\($0)") } ?? true) }
            #expect(page.split(separator: "\n").allSatisfy { $0.count <= 80 })
            #expect(HelpText.overview.contains(command.syntax.name))
        }
    }
}
