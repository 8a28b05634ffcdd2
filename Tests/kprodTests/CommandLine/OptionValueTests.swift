// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Testing

@testable import kprod

@Suite struct OptionValueTests {
    @Test(arguments: [
        ("10s", Duration.seconds(10)), ("500ms", .milliseconds(500)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
        ("0s", .zero),
    ])
    func durations(text: String, duration: Duration) throws {
        #expect(try OptionValue.duration(text) == duration)
    }

    @Test(arguments: [
        "", "10", "s", "-1s", "1.5s", "10 s", "99999999999999999999s", "9223372036854775807h", "721h", "1d",
    ])
    func noDurations(text: String) {
        #expect(throws: OptionValue.Invalid.self) { try OptionValue.duration(text) }
    }

    @Test func numbers() throws {
        #expect(try OptionValue.count("1_000_000") == 1_000_000)
        #expect(try OptionValue.count("2M") == 2_000_000)
        #expect(try OptionValue.byteCount("10KiB") == 10_240)
        #expect(try OptionValue.byteCount("0") == 0)
        #expect(throws: OptionValue.Invalid.self) { try OptionValue.recordSize("9223372036854775807") }
        for text in ["0", "-1", "x", "", "1x", "٣"] {
            #expect(throws: OptionValue.Invalid.self, "\(text)") { try OptionValue.count(text) }
        }
    }

    @Test func servers() throws {
        #expect(try OptionValue.servers("a:1, b:2,") == ["a:1", "b:2"])
        // Refused by its name when it is used, not joined.
        #expect(try OptionValue.servers("a b:1") == ["a b:1"])
        #expect(throws: OptionValue.Invalid.self) { try OptionValue.servers(" , ") }
    }

    @Test func properties() throws {
        let property = try OptionValue.property("sasl.jaas.config=a=b")
        #expect(property == ("sasl.jaas.config", "a=b"))
        #expect(try OptionValue.property("a=") == ("a", ""))
        // A mark that joins the sign before it to one character.
        #expect(try OptionValue.property("a=\u{301}") == ("a", "\u{301}"))
        #expect(try OptionValue.header("a=\u{301}") == RecordHeader("a", "\u{301}"))
        #expect(throws: OptionValue.Invalid.self) { try OptionValue.property("=b") }
        #expect(throws: OptionValue.Invalid.self) { try OptionValue.property("linger.ms") }
    }

    @Test func topics() throws {
        #expect(try OptionValue.topicWithPartitions("orders:6") == ("orders", 6))
        #expect(try OptionValue.topicWithPartitions("orders") == ("orders", 1))
        for text in ["", ":3", "a:", "a:0", "a:b", "a:1:2"] {
            #expect(throws: OptionValue.Invalid.self, "\(text)") { try OptionValue.topicWithPartitions(text) }
        }
    }
}
