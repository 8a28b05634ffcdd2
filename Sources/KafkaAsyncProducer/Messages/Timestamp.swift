// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A point in time as Kafka stores it.
public struct Timestamp: Hashable, Comparable, Codable, Sendable {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public let millisecondsSinceEpoch: Int64

    /// A time given in milliseconds since 1970-01-01 00:00 UTC.
    public init(millisecondsSinceEpoch: Int64) { self.millisecondsSinceEpoch = millisecondsSinceEpoch }

    /// The time of day, as the system's clock has it.
    public static var now: Timestamp { Timestamp(millisecondsSinceEpoch: WallClock.now) }

    /// A number of milliseconds.
    public init(from decoder: any Decoder) throws {
        self.init(millisecondsSinceEpoch: try decoder.singleValueContainer().decode(Int64.self))
    }

    /// Writes the number of milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(millisecondsSinceEpoch)
    }

    /// Earlier comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }
}
