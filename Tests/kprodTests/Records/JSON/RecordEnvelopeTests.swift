// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct RecordEnvelopeTests {
    private func record(_ json: [UInt8]) throws -> InputRecord? {
        guard case .record(let record) = try RecordEnvelope(json) else { return nil }
        return record
    }

    private func record(_ json: String) throws -> InputRecord? { try record(Array(json.utf8)) }

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
        #expect(try record("{\"x\":\(json), \"KEY\" :\(json)}")?.key == Array(bytes.utf8))
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
        "[{\"Key\":\"a\",\"value_base64\":\"MQ==\",\"other\":[1]},{\"name\":\"b\"}]", "[\"a\",1,{\"name\":\"b\"}]",
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

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-21T15:42:13.5+01:00", 1_795_272_133_500),
            ("2000-02-29t23:59:59.123456789Z", 951_868_799_123), ("1900-03-01T00:00:00-00:30", -2_203_889_400_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ] as [(String, Int64)]
    )
    func times(text: String, milliseconds: Int64) {
        #expect(RecordTime.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "now", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00",
        "2026-01-01T24:00:00Z", "٢٠٢٦-01-01T00:00:00Z",
    ])
    func noTimes(text: String) {
        #expect(RecordTime.milliseconds(text) == nil)
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
