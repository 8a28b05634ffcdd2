// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct RecordEnvelopeTests {
    private func record(_ json: [UInt8], _ rules: EnvelopeRules = EnvelopeRules()) throws -> InputRecord? {
        guard case .record(let record) = try RecordEnvelope(json, rules) else { return nil }
        return record
    }

    private func record(_ json: String, _ rules: EnvelopeRules = EnvelopeRules()) throws -> InputRecord? {
        try record(Array(json.utf8), rules)
    }

    @Test(
        arguments: [
            ("\"a\\n\\\"\\/\\u00e9\\ud83d\\ude00é\\b\\f\\r\\t\\\\\"", "a\n\"/é😀é\u{8}\u{c}\r\t\\"),
            ("1.50e+3", "1.50e+3"),
            (" true ", "true"), ("[1, {\"a]\":[\"}\"]}]", "[1, {\"a]\":[\"}\"]}]"),
            ("{ \"a\" : null }", "{ \"a\" : null }"),
            ("\"\"", ""), ("[]", "[]"), ("{}", "{}"), ("-0", "-0"),
        ]
    )
    func valuesKeepTheirBytes(json: String, bytes: String) throws {
        #expect(try record("{\"value\":\(json),\"key\":null}")?.value == Array(bytes.utf8))
        #expect(try record("{\"value\":1, \"KEY\" :\(json)}")?.key == Array(bytes.utf8))
    }

    @Test func nullIsNotEmpty() throws {
        let absent = try record("{\"key\":null,\"value\":\"\"}")
        #expect(absent?.key == nil && absent?.value == [])
    }

    @Test func bytesThatAreNoTextAreKept() throws {
        let json = Array("{\"payload\":\"".utf8) + [0xff, 0xc3, 0x09] + Array("\"}".utf8)
        #expect(try record(json)?.value == [0xff, 0xc3, 0x09])
        #expect(try record("{\"key_hex\":\"00fF\",\"value_base64\":\"/w==\"}")?.key == [0, 0xff])
        #expect(try record("{\"key_hex\":null,\"value_base64\":\"/w==\"}")?.value == [0xff])
    }

    /// The shapes say the same.
    @Test(arguments: [
        "[\"a\",\"1\",\"b\",null]", "[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":null}]",
        "[[\"a\",\"1\"],[\"b\",null]]", "{\"a\":\"1\",\"b\":null}",
        "[{\"Key\":\"a\",\"value_base64\":\"MQ==\"},{\"name\":\"b\",\"value_hex\":null}]",
        "[\"a\",1,{\"name\":\"b\",\"Value\":null}]",
    ])
    func headers(json: String) throws {
        let expected = [RecordHeader("a", "1"), RecordHeader("b", nil as KafkaBytes?)]
        #expect(try record("{\"headers\":\(json),\"value\":1}")?.headers == expected)
        #expect(try record("{\"headers\":null,\"value\":1}")?.headers == [])
    }

    @Test(
        arguments: [
            ("[1]", "is an array; write its objects one after the other, as jq '.[]' does"),
            ("3", "is not a JSON object"),
            ("{}", "has no key and no value (or payload)"),
            ("{\"topic\":\"t\"}", "has no key and no value (or payload)"),
            ("{\"value_base64\":\"%\"}", "has a value_base64 that is not base64 with its padding"),
            (
                "{\"key\":\"user1\",\"name\":\"Ann\"}",
                "has no value (or payload) but \"name\"; if the object itself is the value, leave out --format json"
            ),
            (
                "{\"key\":\"user1\",\"offset\":7}",
                "has no value (or payload): write \"value\":null to delete what has the key; --missing-value empty takes "
                    + "what rpk writes for an empty value"
            ),
            (
                "{\"value\":1,\"Name\":\"Ann\"}",
                "has a member \"Name\" that no record has and that would be lost; --unknown-members ignore drops such members"
            ),
            // Only what is a dead letter may have members of one.
            (
                "{\"value\":1,\"persisted\":true,\"name\":\"Ann\"}",
                "has a member \"persisted\" that no record has and that would be lost; --unknown-members ignore drops such members"
            ),
            (
                "{\"value\":1,\"raw\":\"x\"}",
                "has a member \"raw\" that no record has and that would be lost; --unknown-members ignore drops such members"
            ),
            (
                "{\"value\":1,\"error\":{},\"persisted\":\"no\",\"name\":1}",
                "has a member \"name\" that no record has and that would be lost; --unknown-members ignore drops such members"
            ),
            ("{\"value\":1,\"payload\":1}", "has two members for one field, \"value\" and \"payload\""),
            ("{\"value\":null,\"value_hex\":\"00\"}", "has two members for one field, \"value\" and \"value_hex\""),
            ("{\"value\":1,\"Value\":2}", "has two members \"value\""),
            ("{\"value\":1,\"ts\":1,\"timestamp\":2}", "has two members for one field, \"ts\" and \"timestamp\""),
            ("{\"value\":1,\"topic\":null,\"topic\":\"t\"}", "has two members \"topic\""),
            ("{\"value\":1,\"headers\":[{\"key\":\"a\"}]}", "has a header without a value; \"value\":null is none"),
            (
                "{\"value\":1,\"headers\":[{\"key\":\"a\",\"name\":\"b\",\"value\":1}]}",
                "has two members for one field, \"key\" and \"name\""
            ),
            (
                "{\"value\":1,\"ts\":\"1969-12-31T00:00:00Z\"}",
                "has a timestamp before 1970, which no record of Kafka can have"
            ),
            ("{\"key_hex\":\"abc\"}", "has a key_hex that has an odd number of hexadecimal digits"),
            ("{\"value\":1,\"ts\":\"soon\"}", "has a timestamp that is neither milliseconds nor RFC 3339"),
            ("{\"value\":1,\"headers\":[\"a\"]}", "has a header name without a value at the end of the list"),
            ("{\"value\":1,\"headers\":3}", "has headers that are neither a list nor an object"),
            ("{\"value\":1,\"headers\":[1]}", "has a header that is neither a name, a pair nor an object"),
            ("{\"value\":1,\"headers\":[[\"a\"]]}", "has a header that is not a pair of a name and a value"),
            ("{\"value\":1,\"headers\":[{\"value\":1}]}", "has a header without a key"),
            ("{\"value\":1,\"partition\":\"x\"}", "has a partition that is not a number from 0"),
            ("{\"value\":1,\"topic\":7}", "has a topic that is not a string"),
            ("{\"value\":\"\\ud800x\"}", "holds half of a surrogate pair (\\ud800), which is no character"),
        ]
    )
    func whatIsNoRecord(json: String, reason: String) throws {
        #expect(throws: JSONCursor.Invalid(reason)) { try record(json) }
    }

    /// What rpk writes for empty values, and what others add.
    @Test func whatTheRulesAllow() throws {
        var rules = EnvelopeRules(missingValue: .empty)
        let header = "{\"key\":\"k\",\"headers\":[{\"key\":\"h\"}],\"partition\":0,\"offset\":3}"
        #expect(try record(header, rules)?.value == [])
        #expect(try record(header, rules)?.headers == [RecordHeader("h", "")])
        rules = EnvelopeRules(missingValue: .null)
        #expect(try record("{\"key\":\"k\"}", rules).map { $0.key == [107] && $0.value == nil } == true)
        #expect(throws: JSONCursor.Invalid.self) { try record("{\"key\":\"k\",\"name\":1}", rules) }
        rules = EnvelopeRules(unknownMembers: .ignore)
        let json = "{\"value\":1,\"headers\":[{\"key\":\"a\",\"value\":1,\"color\":2}],\"Name\":1}"
        guard case .record(let record) = try RecordEnvelope(Array(json.utf8), rules) else {
            Issue.record("it is no record")
            return
        }
        #expect(record.value == [49] && record.headers.count == 1 && record.ignoredMember == "color")
        #expect(throws: JSONCursor.Invalid.self) { try self.record("{\"key\":\"k\",\"name\":1}", rules) }
    }

    @Test(arguments: ["-1", "null", "\"0001-01-01T00:00:00Z\"", "\"-1\""])
    func aTimeThatTheWriterDidNotKnow(json: String) throws {
        #expect(try record("{\"value\":1,\"timestamp\":\(json)}")?.timestamp == nil)
    }

    @Test func preservedFields() throws {
        let all = "{\"topic\":\"t\",\"partition\":1,\"key\":\"k\",\"headers\":{\"a\":\"b\"},\"ts\":5,\"value\":\"v\"}"
        let record = try #require(try record(all))
        #expect(record.keeping(try PreservedField.list("all")) == record)
        #expect(record.keeping(try PreservedField.list("none")) == InputRecord(value: [118]))
        #expect(record.keeping(try PreservedField.list("topic,partition")).partition == 1)
        #expect(throws: OptionValue.Invalid.self) { try PreservedField.list("key,") }
    }
}
