// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import KafkaTestKit
import Testing

@testable import kprod

@Suite(.timeLimit(.minutes(1))) struct JSONPointerTests {
    private static let json = #"{"a":{"b":[10,{"c":"é\n"},null]},"":1,"m~n":2,"x/y":3,"d":1,"d":2,"o":{"k": [1, 2] }}"#

    private func content(_ pointer: String) throws -> String? {
        try JSONPointer(pointer).content(of: JSONCursor(Array(Self.json.utf8)))
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// RFC 6901.
    @Test(
        arguments: [
            ("/a/b/0", "10"), ("/a/b/1/c", "é\n"), ("/a/b/2", nil), ("/", "1"), ("/m~0n", "2"), ("/x~1y", "3"),
            ("/o", "{\"k\": [1, 2] }"), ("", json), ("/o/k", "[1, 2]"),
        ] as [(String, String?)]
    )
    func whatIsThere(pointer: String, text: String?) throws { #expect(try content(pointer) == text) }

    @Test(arguments: ["/b", "/a/b/3", "/a/b/00", "/a/b/-", "/a/b/0/x", "/a/b/-1"])
    func whatIsNotThere(pointer: String) {
        #expect(throws: JSONCursor.Invalid("has no \(pointer)")) { try content(pointer) }
    }

    @Test func whatIsThereTwice() {
        #expect(throws: JSONCursor.Invalid("has two members \"d\"")) { try content("/d") }
        #expect(throws: OptionValue.Invalid.self) { try JSONPointer("a/b") }
    }

    @Test func fieldsOfValuesAreKeysHeadersAndPartitions() async throws {
        try await withMockCluster(brokers: 1, topics: ["t": 4]) { cluster in
            let arguments = [
                "produce", "-b", cluster.bootstrapServers[0], "-t", "t", "--key-json", "/user/id", "--partition-json",
                "/p",
                "--header-json", "/kind", "--header-json", "who=/user/name",
            ]
            let good = #"{"user": {"id": 7, "name": "Ann"}, "kind": "new", "p": 2}"#
            let null = #"{"user": {"id": null, "name": null}, "kind": [1], "p": 3}"#
            let bad = [
                #"{"user":{"id":1,"name":2},"p":0}"#, "no JSON", #"{"user":{"id":1,"name":2},"kind":1,"p":"x"}"#,
            ]
            let outcome = try await KprodProcess.run(
                arguments,
                input: ([good, null] + bad).joined(separator: "\n") + "\n"
            )
            #expect(outcome.status == 65, "\(outcome)")
            #expect(try outcome.number("delivered") == 2 && outcome.number("failed") == 3)
            #expect(outcome.messages.first?.contains("(first at stdin:3): the value has no /kind") == true)
            let records = try await cluster.records(in: "t").sorted { $0.partition < $1.partition }
            #expect(records.map(\.partition) == [2, 3] && records.map(\.keyText) == ["7", nil])
            #expect(records.map(\.valueText) == [good, null])
            #expect(records[0].headers == [RecordHeader("kind", "new"), RecordHeader("who", "Ann")])
            #expect(records[1].headers == [RecordHeader("kind", "[1]"), RecordHeader("who", nil as KafkaBytes?)])
        }
    }
}
