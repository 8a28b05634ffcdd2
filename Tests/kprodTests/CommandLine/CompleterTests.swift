// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kprod

@Suite struct CompleterTests {
    private static let tool = CommandSyntax(
        name: "send",
        summary: "Sends.",
        operands: "[FILE…]",
        options: [
            Option(.topic, "t", "topic", "TOPIC", help: "Where to."),
            Option(.empty, nil, "empty", "WHAT", help: "Empty ones."),
            Option(.acks, nil, "acks", "all|1|0", help: "Who."),
            Option(.property, "X", "property", "KEY=VALUE", help: "What."),
            Option(.configFile, "F", "config", "FILE", help: "From."),
            Option(.count, "c", "count", "N", help: "How many."),
            Option(.quiet, "q", "quiet", help: "Less."),
        ],
        notes: [],
        examples: []
    )
    private static let hidden = CommandSyntax(
        name: "secret",
        summary: "",
        operands: nil,
        options: [],
        notes: [],
        examples: [],
        isHidden: true
    )

    private func complete(_ line: String) -> Completion {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        return Completer(commands: [Self.tool, Self.hidden], kcat: Self.tool).completion(of: words)
    }

    private func words(_ line: String) -> [String] { complete(line).candidates.map(\.word) }

    @Test func commandsComeFirst() {
        #expect(words("") == ["send", "help", "version"])
        #expect(words("se") == ["send"])
        #expect(words("help s") == ["send"])
        #expect(words("nonsense ") == [])
    }

    @Test func optionsInBothSpellings() {
        #expect(words("send --c") == ["--config", "--count"])
        #expect(
            words("send -") == [
                "-t", "--topic", "--empty", "--acks", "-X", "--property", "-F", "--config", "-c", "--count", "-q",
                "--quiet",
            ]
        )
        #expect(words("send -q") == ["-q"])
        #expect(words("send -qc") == ["-qc"], "a cluster is complete as it is")
        #expect(words("-") == words("send -"))
        #expect(words("send -z") == [])
    }

    @Test func argumentsByTheirKind() {
        #expect(words("send --acks ") == ["all", "1", "0"])
        #expect(words("send --acks a") == ["all"])
        #expect(words("send --acks=") == ["--acks=all", "--acks=1", "--acks=0"])
        #expect(words("send --empty ") == ["skip", "send", "null"])
        #expect(complete("send -t ").includesTopics && complete("send -qt ").includesTopics)
        #expect(complete("send -tor") == Completion(includesTopics: true, prefix: "-t"))
        #expect(complete("send --topic=or") == Completion(includesTopics: true, prefix: "--topic="))
        #expect(complete("send -F ") == .files)
        #expect(complete("send --config=/e") == Completion(includesFiles: true, prefix: "--config="))
        #expect(complete("send -c ") == .nothing)
        #expect(complete("-t ").includesTopics)
    }

    @Test func propertiesByNameAndThenByValue() {
        #expect(words("send -X linger.m") == ["linger.ms="])
        #expect(words("send -Xlinger.m") == ["-Xlinger.ms="])
        #expect(
            words("send -X security.protocol=sasl_") == [
                "security.protocol=sasl_plaintext", "security.protocol=sasl_ssl",
            ]
        )
        #expect(words("send -X socket.nagle.disable=") == ["socket.nagle.disable=true", "socket.nagle.disable=false"])
        #expect(words("send -X linger.ms=") == [])
        #expect(words("send -X sasl.password=e") == ["sasl.password=env:"])
        #expect(words("send -X group.") == [], "nothing of consumers")
    }

    @Test func operandsAreWhatTheCommandTakes() {
        #expect(complete("send x") == .files)
        #expect(complete("send -q -t topic x") == .files)
        #expect(complete("send -- -x") == .files)
        #expect(ArgumentKind("list [WORD] | dump | check") == .words(["list", "dump", "check"]))
        #expect(ArgumentKind("[TOPIC…]") == .topics)
        let format = Option(.format, nil, "format", "FORMAT", help: "a (first, b or c), b, c (x) or d. Not (e).")
        #expect(ArgumentKind(of: format) == .words(["a", "b", "c", "d"]))
        #expect(ArgumentKind("HOST:PORT,…") == .anything)
    }

    /// What is offered is what the parser takes.
    @Test(arguments: [
        ("--report-what", ["all", "errors"]), ("--report-format", ["ndjson", "tsv"]),
        ("--key-encoding", ["text", "hex", "base64", "json"]), ("--value-encoding", ["text", "hex", "base64", "json"]),
        ("--header-encoding", ["text", "hex", "base64", "json"]), ("--frame", ["u32be", "u32le", "varint", "kcat-R"]),
    ])
    func optionsWithFewValuesOfferThem(option: String, values: [String]) throws {
        let option = try #require(ProduceCommand.syntax.options.first { "--\($0.long ?? "")" == option })
        #expect(ArgumentKind(of: option) == .words(values))
    }
}
