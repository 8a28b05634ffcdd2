// SPDX-License-Identifier: Apache-2.0

/// A topic: a name, or a name that a producer has already looked up.
///
/// A name is enough everywhere. A program that writes to many topics in turn saves the look-up per message with a
/// handle from ``AsyncProducer/topic(_:)``.
public struct Topic: Sendable {
    /// The name.
    public let name: String
    /// Where `producer` keeps its handle.
    @usableFromInline let index: UInt32
    /// The producer that made the handle; 0 for a plain name.
    @usableFromInline let producer: UInt32

    /// A topic by name. Sending to it fails when Kafka does not allow the name.
    @inlinable
    public init(_ name: String) {
        self.init(name, index: 0, producer: 0)
    }

    @inlinable
    init(_ name: String, index: UInt32, producer: UInt32) {
        self.name = name
        self.index = index
        self.producer = producer
    }
}

extension Topic: ExpressibleByStringLiteral {
    /// A topic by name.
    @inlinable
    public init(stringLiteral name: String) { self.init(name) }
}

extension Topic: Hashable {
    /// Equal when the names are, byte for byte.
    public static func == (left: Topic, right: Topic) -> Bool {
        // Strings are equal when they look the same: the sign for Kelvin and K do, and only one of them is a name.
        left.name == right.name && left.name.utf8.count == right.name.utf8.count
    }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Topic: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}

extension Topic {
    /// Kafka's rule, which librdkafka does not enforce: 1 to 249 of `[A-Za-z0-9._-]`, and neither `.` nor `..`.
    static func validate(_ name: String) throws(KafkaError) {
        func refuse(_ reason: String) -> KafkaError {
            KafkaError(
                .invalidTopic,
                "topic name \"\(printable(name, limit: 60))\" \(reason); Kafka allows 1 to 249 of A-Z a-z 0-9 . _ -"
            )
        }
        if name.isEmpty { throw refuse("is empty") }
        if name == "." || name == ".." { throw refuse("is reserved") }
        if name.utf8.count > 249 { throw refuse("has \(name.utf8.count) bytes") }
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: throw refuse("holds a character that is not allowed")
            }
        }
    }
}

/// `text` without control characters and no longer than `limit` characters: safe in a log or on a terminal.
func printable(_ text: String, limit: Int) -> String {
    let clean = text.unicodeScalars.prefix(limit).map { scalar -> String in
        let isHarmless: Bool
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            isHarmless = false
        default: isHarmless = true
        }
        return isHarmless ? String(scalar) : "\u{FFFD}"
    }
    return clean.joined() + (text.unicodeScalars.count > limit ? "…" : "")
}
