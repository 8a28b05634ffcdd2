// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KafkaAsyncProducer
@testable import RDKafka

/// Whatever is no plain number is refused, for every property that takes one.
@Suite struct NumberTests {
    typealias Configuration = AsyncProducer.Configuration

    private static let values = [
        "nan", "NaN", "-nan", "nan(1)", "inf", "-inf", "infinity", "0x10", "0x1p3", "1e3", "1e999", "5ms", "5 ", " 5",
        "+5",
        "1_000", "1,000", "010", "5.", ".5", "--5", "٣", "18446744073709551617", "-9223372036854775809", "",
    ]

    @Test(arguments: PropertyTable.numbers.sorted())
    func whatIsNoPlainNumberIsRefused(name: String) {
        var configuration = Configuration(bootstrapServers: ["b:1"])
        if configuration.refusal(of: name) != nil { return }
        for value in Self.values {
            configuration.librdkafka = [name: value]
            let error = #expect(throws: KafkaError.self, "\(name)=\(value)") {
                try configuration.effectiveProperties()
            }
            #expect(error?.message.contains(name) == true)
            let properties = Configuration.Properties([name: value], source: "p:1")
            #expect(throws: KafkaError.self, "\(name)=\(value)") { try Configuration(properties) }
        }
    }

    @Test(arguments: ["buffer.memory", "max.block.ms"], ["nan", "-1", "+5", "05", "1e3", "", "9223372036854775808"])
    func javasOwnAreNoOther(name: String, value: String) {
        let properties = Configuration.Properties([name: value], source: "p:1")
        let error = #expect(throws: KafkaError.self) { try Configuration(properties) }
        #expect(error?.message.hasPrefix("p:1: \(name): ") == true)
    }

    @Test func moreBytesThanCanBeCountedAreRefusedWithTheirPlace() {
        let properties = Configuration.Properties(["buffer.memory": "9223372036854775807"], source: "p:1")
        let error = #expect(throws: KafkaError.self) { try Configuration(properties) }
        #expect(error?.message.hasPrefix("p:1: buffer.memory: ") == true)
    }

    /// Found by a fuzzer: librdkafka takes it, and the library's own property did not.
    @Test(arguments: PropertyTable.numbers.subtracting(PropertyTable.fractions).sorted())
    func aWholeNumberHasNoDecimals(name: String) {
        let properties = Configuration.Properties([name: "5.0"], source: "p:1")
        #expect(throws: KafkaError.self) { try Configuration(properties) }
    }

    /// Text may look like a number.
    @Test(arguments: ["010", "1e3", "+5"]) func aNameOfDigitsIsNoNumber(value: String) throws {
        let properties = Configuration.Properties(["client.id": value, "client.rack": value])
        #expect(try Configuration(properties).clientID == value)
    }
}
