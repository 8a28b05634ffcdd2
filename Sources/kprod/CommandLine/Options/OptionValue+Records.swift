// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

// Conversions of the options that describe records.
extension OptionValue {
    /// Bytes as the shell passed them, empty or not.
    static func bytes(_ text: String) throws(Invalid) -> [UInt8] { ArgumentText.bytes(of: text) }

    /// The name of a file.
    static func path(_ text: String) throws(Invalid) -> FilePath {
        if text.isEmpty { throw Invalid("is empty") }
        return FilePath(text)
    }

    /// A partition; nil for -1, which is the partitioner's choice.
    static func partition(_ text: String) throws(Invalid) -> Int32? {
        guard let number = Int32(text), number >= -1 else {
            throw Invalid("is not a partition; write its number, or -1 for the partitioner's choice")
        }
        return number == -1 ? nil : number
    }

    /// `name=value`, cut at the first `=`; without one the value is null.
    static func header(_ text: String) throws(Invalid) -> RecordHeader {
        let bytes = ArgumentText.bytes(of: text)
        let equals = bytes.firstIndex(of: UInt8(ascii: "="))
        guard let name = String(validating: bytes[..<(equals ?? bytes.endIndex)], as: UTF8.self) else {
            throw Invalid("has a name that is not UTF-8")
        }
        return RecordHeader(name, equals.map { KafkaBytes(Array(bytes[($0 + 1)...])) })
    }

    /// One of a few words.
    static func word<Value: RawRepresentable & CaseIterable>(_ text: String) throws(Invalid) -> Value
    where Value.RawValue == String {
        if let value = Value(rawValue: text) { return value }
        throw Invalid("is none of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    static func delimiter(_ text: String) throws(Invalid) -> Delimiter { try Delimiter(text) }

    static func kcatDelimiter(_ text: String) throws(Invalid) -> Delimiter { try Delimiter(text, .kcat) }

    static func acks(_ text: String) throws(Invalid) -> String {
        switch text {
        case "all", "-1": return "all"
        case "0", "1": return text
        default: throw Invalid("is none of all, 1, 0")
        }
    }

    /// The longest record, of what `message.max.bytes` can be.
    static func recordSize(_ text: String) throws(Invalid) -> Int {
        let size = try byteCount(text)
        if size > 1_000_000_000 { throw Invalid("is over the limit of 1000000000 bytes") }
        return size
    }

    /// The name of a file that is written; standard output for `-`.
    static func outputPath(_ text: String) throws(Invalid) -> String {
        if text.isEmpty { throw Invalid("is empty") }
        return text
    }

    /// Seconds, as kcat takes them.
    static func seconds(_ text: String) throws(Invalid) -> Duration {
        guard let seconds = Int(text), 1...86_400 ~= seconds else {
            throw Invalid("is not a number of seconds from 1 to 86400")
        }
        return .seconds(seconds)
    }
}
