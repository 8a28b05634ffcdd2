// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// Formats other than lines, and what fields stand for.
@Suite(.timeLimit(.minutes(2))) struct FormatTests {
    private func produce(_ cluster: MockCluster, _ options: [String], _ input: Data) async throws
        -> KprodProcess.Outcome
    {
        try await KprodProcess.run(["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + options, data: input)
    }

    /// Headers, key and value of each record; each as Kafka's own console producer wrote them from the same input.
    @Test(
        arguments: [
            ([], "a\r\nb\rc\n\n\r\nlast", ["|∅,a", "|∅,b", "|∅,c", "|∅,", "|∅,", "|∅,last"]),
            (["parse.key=true"], "k\tv\nk2\tv\tw\n\tv\nk\t\n", ["|k,v", "|k2,v\tw", "|,v", "|k,"]),
            (
                ["parse.key=true", "parse.headers=true"], "h:1,g:2\tk\tv\n h : x y,z:\tk\tv:w\n:1\tk\tv\nh:a:b\t\t\n",
                ["h=1,g=2|k,v", " h = x y,z=|k,v:w", "=1|k,v", "h=a:b|,"]
            ),
            (["parse.key=true", "ignore.error=true"], "k\tv\nnokey\n", ["|k,v", "|∅,nokey"]),
            (
                ["parse.key=true", "null.marker=NULL"], "NULL\tv\nk\tNULL\nNULLS\tNULL \n",
                ["|∅,v", "|k,∅", "|NULLS,NULL "]
            ),
            (
                ["parse.key=true", "parse.headers=true", "null.marker=NULL"],
                "NULL\tNULL\tNULL\nh:NULL,g:x\tk\tv\n", ["|∅,∅", "h=∅,g=x|k,v"]
            ),
            (["parse.headers=true", "headers.separator=;+"], "h:1;;g:2;\tv\n", ["h=1,g=2|∅,v"]),
            (
                ["parse.headers=true", "parse.key=true", "ignore.error=true"], "novalue\nh\tk\tv\n",
                ["|∅,novalue", "h=∅|k,v"]
            ),
            (
                [
                    "parse.key=true", "parse.headers=true", "headers.separator=\\|", "headers.key.separator==",
                    "headers.delimiter=#", "key.separator=~",
                ],
                "h1=1|h2=2#K~V\n", ["h1=1,h2=2|K,V"]
            ),
        ] as [([String], String, [String])]
    )
    func consoleLines(properties: [String], input: String, records: [String]) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let options = ["--format", "console"] + properties.flatMap { ["--property", $0] }
            let outcome = try await produce(cluster, options, Data(input.utf8))
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try await described(cluster) == records)
        }
    }

    @Test func whatDoesNotParseIsReportedAndLeftOut() async throws {
        let input = Data("k\tv\nnone\nk\tv2\nnone\n".utf8)
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await produce(cluster, ["--parse-key"], input)
            #expect(outcome.status == 65)
            #expect(
                outcome.messages.first?.hasPrefix("kprod: 2 × no record (first at stdin:2): the line has no key")
                    == true
            )
            #expect(try outcome.number("delivered") == 2 && outcome.number("failed") == 2)
            let stopped = try await produce(cluster, ["--parse-key", "--on-error", "stop"], input)
            #expect(stopped.status == 65)
            #expect(try stopped.number("delivered") == 1 && stopped.number("failed") == 1)
            #expect(try await described(cluster) == ["|k,v", "|k,v2", "|k,v"])
        }
    }

    @Test(
        arguments: [
            (["-f", "%k %v\\n"], "k v w\nx y", ["|k,v w", "|x,y"]),
            (["-f", "%v"], "all\nof it\n", ["|∅,all\nof it\n"]),
            (["-f", "%K{big8}%V{little16}%k%v"], "\u{1}\u{2}\0kvv\0\0\0", ["|k,vv", "|,"]),
            (["-f", "%V{3}%v"], "abcdef", ["|∅,abc", "|∅,def"]),
            (["-f", "%V %v;", "--empty", "null"], "3 a;b;0 ;", ["|∅,a;b", "|∅,∅"]),
            (["-f", "%p %H %h{%k=%v }%k{hex}:%v{base64}\n"], "0 2 a=b c= 6b:dg==\n", ["a=b,c=|k,v"]),
            (["-f", "%d %%%v\\x7c", "--null-marker", "N"], "1700000000000 %a|1700000000000 %N|", ["|∅,a", "|∅,∅"]),
            (["--frame", "u32be"], "\0\0\0\u{1}a\0\0\0\0", ["|∅,a", "|∅,"]),
            (["--frame", "u32le", "--key-frame"], "\u{1}\0\0\0k\u{2}\0\0\0vv", ["|k,vv"]),
            (["--frame", "varint", "-k", "K"], "\u{3}abc\0", ["|K,abc", "|K,"]),
            (["--whole"], "a\nb\n", ["|∅,a\nb\n"]),
            (["-K:", "--key-encoding", "hex", "--value-encoding", "base64"], "6B:dg==\n", ["|k,v"]),
            (["--value-encoding", "json"], "{\"a\":[1,\"é\"]}\n7\n", ["|∅,{\"a\":[1,\"é\"]}", "|∅,7"]),
            (["--header-encoding", "hex", "-H", "h=6162", "-H", "n"], "v\n", ["h=ab,n=∅|∅,v"]),
            (["--schema-id", "258", "-K:", "--empty", "null"], "k:v\nk:\n", ["|k,\0\0\0\u{1}\u{2}v", "|k,∅"]),
        ] as [([String], String, [String])]
    )
    func formats(options: [String], input: String, records: [String]) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await produce(cluster, options, Data(input.utf8))
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try await described(cluster) == records)
        }
    }

    /// The line says where it goes; -t is for those that do not.
    @Test func aTemplateMayNameTheTopic() async throws {
        try await withMockCluster(brokers: 1, topics: ["a": 1, "b": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-f", "%t %p %v\\n"]
            let outcome = try await KprodProcess.run(arguments, input: "a 0 first\nb -1 second\n")
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try await written(cluster, "a") == ["∅,first"])
            #expect(try await written(cluster, "b") == ["∅,second"])
        }
    }

    @Test func framesMayBeNullAndOfAnyBytes() async throws {
        let input = Data([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2, 0xff, 10])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let outcome = try await produce(cluster, ["--frame", "kcat-R"], input)
            #expect(outcome.status == 0)
            let values = try await cluster.records(in: "t").map(\.value)
            #expect(values == [nil, [0xff, 10]])
        }
    }

    @Test(
        arguments: [
            (["--frame", "u32be"], "\0\0\0\u{9}short", "(at stdin:1): the input ends inside a record", 0),
            (["--frame", "u32le"], "garbage!", "(at stdin:1): a record of 1,651,663,207 bytes", 0),
            (["-f", "%p %v\n"], "1 a\nx b\n0 c", "(at stdin:2): \"\" is no number", 2),
            (["-f", "%V{hex8}%v"], "zz", "(at stdin:1): a number without 2 hexadecimal digits; the rest of stdin", 0),
            (["-f", "%v{hex}\n"], "61\n6\n62\n", "(at stdin:2): the value has an odd number", 2),
            (["--value-encoding", "hex"], "61\nxx\n62\n", "(at stdin:2): the value is not hexadecimal", 2),
            (["--value-encoding", "base64"], "YQ\nYQ==\n", "(at stdin:1): the value is not base64", 1),
            (["--value-encoding", "json"], "{}\n{\n", "(at stdin:2): the value is not JSON", 1),
            (["--parse-headers"], "h\tv\n", "(at stdin:1): the header \"h\" has no key separator", 0),
        ] as [([String], String, String, Int)]
    )
    func whatDoesNotParse(options: [String], input: String, message: String, sent: Int) async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 2]) { cluster in
            let outcome = try await produce(cluster, options, Data(input.utf8))
            #expect(outcome.status == 65 || outcome.status == 1)
            #expect(outcome.messages.first?.contains(message) == true, "\(outcome)")
            #expect(try outcome.number("delivered") == sent && outcome.number("failed") == 1)
        }
    }

    @Test func keysAndTimesComeFromElsewhere() async throws {
        let files = try TemporaryFiles(["one.txt": "1", "two.txt": "2", "key": "k\n"])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let named = ["--format", "file", "--key-from-filename", files.path("one.txt"), files.path("two.txt")]
            #expect(try await produce(cluster, named, Data()).status == 0)
            let time = ["--key-file", files.path("key"), "--timestamp", "2026-01-31T12:00:00.5Z"]
            #expect(try await produce(cluster, time, Data("3\n".utf8)).status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.keyText) == ["one.txt", "two.txt", "k\n"])
            #expect(records.last?.timestamp == Timestamp(millisecondsSinceEpoch: 1_769_860_800_500))
            let missing = try await produce(cluster, ["--key-file", files.path("none")], Data())
            #expect(missing.status == 66)
        }
    }

    @Test(
        arguments: [
            (["-f", "%v", "--frame", "u32be"], "option --frame: the input cannot be framed and template at once"),
            (["--format", "template"], "option --format: write the template itself with -f, such as -f '%k %v\\n'"),
            (
                ["-f", "%k%v"],
                "option -f/--template: \"%k%v\" has a part that ends nowhere; write its size before it, or a text behind it"
            ),
            (["-f", "%z"], "option -f/--template: \"%z\" has %z, which is none of %t %k %v %h %p %d %T %K %V %H %%"),
            (
                ["-f", "%k\\n"],
                "option -f/--template: \"%k\\n\" has no %v; write where the value stands (--empty null has deletes)"
            ),
            (["--frame", "u16"], "option --frame: \"u16\" is none of u32be, u32le, varint, kcat-R"),
            (
                ["--reader-property", "parse.keys=true"],
                "option --reader-property: there is no \"parse.keys\"; did you mean parse.key?"
            ),
            (
                ["--property", "headers.delimiter=,"],
                "option --reader-property: headers.delimiter and headers.separator are equal"
            ),
            (
                ["--follow", "-f", "%v\\n", "x"],
                "option --follow: needs lines; for other formats: tail -F FILE | kprod produce …"
            ),
            (
                ["-f", "%t %v\\n"], "option -t/--topic and %t of the template say the same; leave out one of them"
            ),
            (
                ["-f", "%k %v\\n", "--key-json", "/a"],
                "option --key-json and %k of the template say the same; leave out one of them"
            ),
            (
                ["--max-record-bytes", "9223372036854775807"],
                "option --max-record-bytes: \"9223372036854775807\" is over the limit of 1000000000 bytes"
            ),
            (
                ["--timestamp", "noon"],
                "option --timestamp: \"noon\" is not a time; write now, milliseconds since 1970, or 2026-01-31T12:00:00Z"
            ),
            (
                ["-k", "a", "--key-file", "b"],
                "options -k/--key, --key-file and --key-from-filename exclude each other"
            ),
        ] as [([String], String)]
    )
    func whatDoesNotFit(options: [String], message: String) async throws {
        let outcome = try await KprodProcess.run(["produce", "-b", "x:1", "-t", "t"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.messages == ["kprod: \(message)"])
    }

    @Test func aHeaderThatWasMeantToHaveAValueIsNamed() async throws {
        let dry = ["produce", "--dry-run", "-t", "t", "--value", "v"]
        let outcome = try await KprodProcess.run(dry + ["-H", "trace: a b", "-H", "none"])
        #expect(
            outcome.messages.first
                == "option -H: \"trace: a b\" is a header without a value; with one it is -H 'trace=a b'"
        )
        #expect(outcome.messages.count == 2)
    }

    /// Headers, key and value; `∅` for null.
    private func described(_ cluster: MockCluster) async throws -> [String] {
        try await cluster.records(in: "t").map { record in
            let headers = record.headers.map { "\($0.name)=\($0.value.map { $0.string ?? "?" } ?? "∅")" }
            return "\(headers.joined(separator: ","))|\(record.keyText ?? "∅"),\(record.valueText ?? "∅")"
        }
    }
}
