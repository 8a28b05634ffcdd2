// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer
import KafkaTestKit
import Testing

/// What other tools write, read back as records.
@Suite(.timeLimit(.minutes(2))) struct JSONFormatTests {
    /// One record in each tool's own words.
    private static let dialects: [(String, String)] = [
        (
            "kcat",
            #"{"topic":"src","partition":3,"offset":9,"tstype":"create","ts":1700000000123,"broker":1,"#
                + #""headers":["h","1","n",null],"key":"k","payload":"v\u0000é"}"#
        ),
        (
            "rpk",
            "{\n  \"topic\": \"src\",\n  \"key\": \"k\",\n  \"value\": \"v\\u0000é\",\n  \"headers\": [\n    {\"key\": \"h\", "
                + "\"value\": \"1\"}, {\"key\": \"n\", \"value\": null}\n  ],\n  \"timestamp\": 1700000000123,\n  "
                + "\"partition\": 3,\n  \"offset\": 9\n}"
        ),
        (
            "kaf",
            #"{"topic":"src","partition":3,"offset":9,"timestamp":"2023-11-14T22:13:20.123Z","#
                + #""headers":[{"key":"h","value":"1"},{"key":"n","value":null}],"key":"k","payload":"v\u0000é"}"#
        ),
        (
            "kafkactl",
            "{\n\t\"Partition\": 3,\n\t\"Offset\": 9,\n\t\"Headers\": {\"h\": \"1\", \"n\": null},\n\t\"Key\": \"k\",\n\t"
                + "\"Value\": \"v\\u0000é\",\n\t\"Timestamp\": \"2023-11-14T23:13:20.123+01:00\"\n}"
        ),
    ]

    private let json = ["--format", "json"]

    @Test(arguments: dialects) func everyDialectIsTheSameRecord(tool: String, text: String) async throws {
        // Newer mock clusters create no topic for a client that does not want it.
        try await withMockCluster(brokers: 1, topics: ["t": 4, "src": 4]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--preserve", "all"] + json
            // kafkactl does not tell the topic; the others' is not the one of -t.
            let outcome = try await KprodProcess.run(arguments, input: text + "\n" + text)
            #expect(outcome.status == 0, "\(tool): \(outcome)")
            let records = try await cluster.records(in: tool == "kafkactl" ? "t" : "src")
            #expect(records.count == 2)
            for record in records {
                #expect(record.partition == 3 && record.keyText == "k" && record.valueText == "v\0é")
                #expect(record.headers == [RecordHeader("h", "1"), RecordHeader("n", nil as KafkaBytes?)])
                #expect(record.timestamp == Timestamp(millisecondsSinceEpoch: 1_700_000_000_123))
            }
        }
    }

    @Test func whatIsNotPreservedIsNew() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", "-k", "K", "-H", "x=2"] + json
            let text = Self.dialects.map(\.1).joined() + "{\"key\":null,\"value\":{\"a\": [1, 2.0]}}{\"value\":null}"
            #expect(try await KprodProcess.run(arguments + ["--preserve", "headers"], input: text).status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.valueText) == Array(repeating: "v\0é", count: 4) + ["{\"a\": [1, 2.0]}", nil])
            #expect(records.allSatisfy { $0.keyText == "K" && $0.headers.first == RecordHeader("x", "2") })
            #expect(records[0].headers.count == 3)
            #expect(records[0].timestamp?.millisecondsSinceEpoch ?? 0 > 1_700_000_000_123)
        }
    }

    @Test func bytesThatAreNoTextComeThrough() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + json
            var input = Data("{\"key\":\"".utf8) + Data([0xff, 0xc3]) + Data("\",\"payload\":\"".utf8)
            input += Data([0x80]) + Data("\"}\n{\"key_hex\":\"00fF\",\"value_base64\":\"/w==\"}".utf8)
            #expect(try await KprodProcess.run(arguments, data: input).status == 0)
            let records = try await cluster.records(in: "t")
            #expect(records.map(\.key) == [[0xff, 0xc3], [0, 0xff]])
            #expect(records.map(\.value) == [[0x80], [0xff]])
        }
    }

    @Test func aBadValueCostsOnlyItself() async throws {
        let files = try TemporaryFiles([
            "in": "{\"value\":\"a\"}\nnonsense\n{\"value\":\"b\"}\n{\"value\":\"c\",}\n[]\n"
        ])
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t", files.path("in")] + json
            let outcome = try await KprodProcess.run(arguments)
            #expect(outcome.status == 65)
            #expect(
                outcome.messages.first?.hasPrefix(
                    "kprod: 3 × no record (first at \(files.path("in")):2): is not JSON: a number or a word is not complete "
                ) == true,
                "\(outcome.messages)"
            )
            #expect(try outcome.number("failed") == 3)
            #expect(try await written(cluster, "t") == ["∅,a", "∅,b"])
        }
    }

    /// Nothing is deleted, and nothing dropped, that the input does not say.
    @Test func whatIsMissingIsNotNull() async throws {
        let input =
            #"{"key":"user1","name":"Ann"}{"key":"a","value":"1","extra":2}{"key":"b","offset":3}{"key":"c","value":null}"#
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + json
            let strict = try await KprodProcess.run(arguments, input: input)
            #expect(strict.status == 65, "\(strict)")
            #expect(try await written(cluster, "t") == ["c,∅"])
            let lenient = try await KprodProcess.run(
                arguments + ["--missing-value", "empty", "--unknown-members", "ignore"],
                input: input + input
            )
            #expect(lenient.status == 0, "\(lenient)")
            let records = Array(repeating: ["user1,", "a,1", "b,", "c,∅"], count: 2).flatMap { $0 }
            #expect(try await written(cluster, "t") == ["c,∅"] + records)
            let said = "kprod: members that no record has, such as \"name\", are left out"
            #expect(lenient.messages.count { $0 == said } == 1, "\(lenient)")
        }
    }

    @Test(arguments: [["--format", "json"], ["-f", "%d %v\\n"], ["--timestamp", "1700000000"]])
    func aUnitThatIsPlainlyAnotherIsNamed(options: [String]) async throws {
        let input =
            options[0] == "--format" ? #"{"ts":1700000000,"value":1}{"ts":1700000001,"value":1}"# : "1700000000 a\n"
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "-t", "t"] + options
            let outcome = try await KprodProcess.run(arguments, input: input)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(
                outcome.messages.count { $0.hasPrefix("kprod: times look like seconds since 1970") } == 1,
                "\(outcome)"
            )
            let first = try await cluster.records(in: "t").first
            #expect(first?.timestamp == Timestamp(millisecondsSinceEpoch: 1_700_000_000))
        }
    }

    @Test func aRecordNeedsATopic() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 1]) { cluster in
            let arguments = ["produce", "-b", cluster.bootstrapServers[0], "--preserve", "topic"] + json
            let outcome = try await KprodProcess.run(
                arguments,
                input: "{\"value\":1}{\"value\":2,\"topic\":\"t\"}{\"value\":3,\"topic\":\"/\"}"
            )
            #expect(outcome.status == 1, "\(outcome)")
            #expect(
                outcome.messages.contains {
                    $0.contains("2 × _INVALID_TOPIC (first at stdin:1): names no topic; give one with -t")
                }
            )
            #expect(try await written(cluster, "t") == ["∅,2"])
        }
    }

    /// What the real kcat reads, it writes as JSON; ours makes the same records of it.
    @Test(.needsKcat)
    func whatKcatReadsIsWhatItWrote() async throws {
        try await withMockCluster(brokers: 1, topics: ["from": 2, "to": 2]) { cluster in
            let broker = ["-b", cluster.bootstrapServers[0]]
            var random = SplitMix64(seed: 1)
            let bytes: [[UInt8]] = [
                [0], [0xff], [0xc3, 0x28], Array("é\"\\/\u{1}\t\r\n😀{}[]".utf8), Array("plain".utf8), [0x7f],
                [0xe2, 0x80, 0xa8],
            ]
            func field() -> Data? {
                if Int.random(in: 0..<5, using: &random) == 0 { return nil }
                return (0..<Int.random(in: 0...4, using: &random)).reduce(into: Data()) { data, _ in
                    data += bytes.randomElement(using: &random) ?? []
                }
            }
            var input = ""
            for number in 0..<200 {
                let (key, value) = (field(), field())
                let headers = (0..<Int.random(in: 0...3, using: &random)).map { index in
                    field().map { "{\"key\":\"h\(index)\",\"value_base64\":\"\($0.base64EncodedString())\"}" }
                        ?? "{\"key\":\"h\(index)\",\"value\":null}"
                }
                input +=
                    "{\"partition\":\(number % 2),\"key_base64\":\(key.map { "\"\($0.base64EncodedString())\"" } ?? "null"),"
                    + "\"value_base64\":\(value.map { "\"\($0.base64EncodedString())\"" } ?? "null"),"
                    + "\"ts\":\(1_700_000_000_000 + number),\"headers\":[\(headers.joined(separator: ","))]}\n"
            }
            let all = ["produce", "--format", "json", "--preserve", "timestamp,headers,key,partition"] + broker
            #expect(try await KprodProcess.run(all + ["-t", "from"], input: input).status == 0)
            let kcat = try KprodProcess(
                ["-C", "-J", "-e", "-q", "-t", "from", "-o", "beginning"] + broker,
                path: RealKcat.path
            )
            #expect(await kcat.finish().status == 0)
            let copy = try await KprodProcess.run(all + ["-t", "to"], data: Data(await kcat.output.bytes()))
            #expect(copy.status == 0, "\(copy)")
            let (from, to) = (try await cluster.records(in: "from"), try await cluster.records(in: "to"))
            #expect(from.count == 200 && to.map { PlainRecord($0) } == from.map { PlainRecord($0) })
            #expect(to.map(\.timestamp) == from.map(\.timestamp))
        }
    }
}
