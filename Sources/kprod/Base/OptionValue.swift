// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Conversions of option arguments.
///
/// Each refuses what it does not understand in full and says what it wants instead.
enum OptionValue {
    /// Why a text is not a value: the end of a sentence that starts with the text.
    struct Invalid: Error, Equatable {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    static func string(_ text: String) throws(Invalid) -> String {
        if text.isEmpty { throw Invalid("is empty") }
        if ArgumentText.isEscaped(text) { throw Invalid("is not UTF-8") }
        return text
    }

    /// `1000000`, `1_000_000`, `500k`, `2M`.
    static func count(_ text: String) throws(Invalid) -> Int {
        let invalid = Invalid("is not a count; write a positive number such as 1000000, 500k or 2M")
        let scaled = try number(text, units: ["": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000], invalid)
        if scaled < 1 { throw invalid }
        return scaled
    }

    /// `100`, `10KiB`, `1MB`.
    static func byteCount(_ text: String) throws(Invalid) -> Int {
        let units = [
            "": 1, "B": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000,
            "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
        ]
        return try number(text, units: units, Invalid("is not a size; write bytes such as 100, 10KiB or 1MB"))
    }

    /// `10s`, `500ms`, `5m`, `1h`.
    ///
    /// A unit is required: every other tool means something else by a bare number.
    static func duration(_ text: String) throws(Invalid) -> Duration {
        let units = ["ms": 1, "s": 1_000, "m": 60_000, "min": 60_000, "h": 3_600_000]
        let invalid = Invalid("is not a time; write a number and a unit such as 500ms, 10s, 5m or 1h")
        let duration = Duration.milliseconds(try number(text, units: units, invalid))
        if duration > .seconds(30 * 86_400) { throw Invalid("is too long; 30 days (720h) is the limit") }
        return duration
    }

    /// `localhost:9092,other:9092`.
    static func servers(_ text: String) throws(Invalid) -> [String] {
        // A blank inside of one is refused with its name, later.
        let servers = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        if servers.isEmpty { throw Invalid("names no broker; write HOST:PORT, several with commas between") }
        return servers
    }

    /// `key=value`, cut at the first `=`.
    static func property(_ text: String) throws(Invalid) -> (key: String, value: String) {
        guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals != text.startIndex else {
            throw Invalid("is not a property; write KEY=VALUE, such as linger.ms=5")
        }
        if ArgumentText.isEscaped(text) { throw Invalid("is not UTF-8") }
        return (String(text[..<equals]), String(text[text.utf8.index(after: equals)...]))
    }

    /// `orders:6`; the partitions are optional.
    static func topicWithPartitions(_ text: String) throws(Invalid) -> (name: String, partitions: Int) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count <= 2 else {
            throw Invalid("is not NAME:PARTITIONS, such as orders:6")
        }
        guard parts.count == 2 else { return (String(name), 1) }
        guard let partitions = Int(parts[1]), 1...1_000 ~= partitions else {
            throw Invalid("has no number of partitions from 1 to 1000 after the colon, such as orders:6")
        }
        return (String(name), partitions)
    }

    private static func number(_ text: String, units: [String: Int], _ invalid: Invalid) throws(Invalid) -> Int {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "_") }
        guard let value = Int(digits.filter { $0 != "_" }), let unit = units[String(text.dropFirst(digits.count))]
        else { throw invalid }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: unit)
        if overflow { throw invalid }
        return scaled
    }
}
