// SPDX-License-Identifier: Apache-2.0

/// What comes back with a message beside its bytes, in one word: the upper 48 bits hold the sender's tag or number, its time
/// or the position of its extras in the chunk, the lowest say which.
public struct RecordNote: Sendable, Equatable {
    /// The word itself.
    public let bits: UInt64

    /// A word that was stored.
    @inlinable
    public init(bits: UInt64) { self.bits = bits }

    /// Nothing comes back.
    @inlinable public static var none: RecordNote { RecordNote(bits: 0) }

    /// A number below 2^48.
    @inlinable
    public static func tag(_ tag: UInt64) -> RecordNote { RecordNote(bits: tag << 16 | 1) }

    /// A signed number; nil for one that does not fit 48 bits.
    @inlinable
    public static func number(_ number: Int) -> RecordNote? {
        let shifted = Int64(number) << 16
        guard shifted >> 16 == number else { return nil }
        return RecordNote(bits: UInt64(bitPattern: shifted) | 32)
    }

    /// A position in the chunk's extras.
    @inlinable
    public static func extras(at position: Int) -> RecordNote {
        RecordNote(bits: UInt64(truncatingIfNeeded: position) << 16 | 2)
    }

    /// The sender's time in milliseconds since the epoch; nil for one that does not fit, in some thousand years.
    @inlinable
    public static func timestamp(_ timestamp: Int64) -> RecordNote? {
        guard timestamp > 0, timestamp < 1 << 48 else { return nil }
        return RecordNote(bits: UInt64(truncatingIfNeeded: timestamp) << 16 | 8)
    }

    /// The same, of a message whose outcome somebody awaits: it is no element of a stream.
    @inlinable public var awaited: RecordNote { RecordNote(bits: bits | 4) }

    /// The same, of a message with headers.
    @inlinable public var withHeaders: RecordNote { RecordNote(bits: bits | 16) }

    /// The same without what belongs to its chunk: its extras and headers, and who awaits the outcome.
    public var alone: RecordNote { RecordNote(bits: bits & 2 != 0 ? 0 : bits & ~(4 | 16)) }

    /// Whether somebody awaits the outcome.
    @inlinable public var isAwaited: Bool { bits & 4 != 0 }

    /// Whether its headers follow its value in the chunk.
    @inlinable public var hasHeaders: Bool { bits & 16 != 0 }

    /// The tag that the sender gave, if any.
    @inlinable public var tag: UInt64? { bits & 1 != 0 ? bits >> 16 : nil }

    /// The number that the sender gave, if any.
    @inlinable public var number: Int? { bits & 32 != 0 ? Int(truncatingIfNeeded: Int64(bitPattern: bits) >> 16) : nil }

    /// Whether the sender gave a time, and it is here.
    @inlinable public var hasTimestamp: Bool { bits & 8 != 0 }

    /// The time that the sender gave, if it is here.
    @inlinable public var timestamp: Int64? { bits & 8 != 0 ? Int64(truncatingIfNeeded: bits >> 16) : nil }

    /// The position in the chunk's extras, if it has any.
    @inlinable public var extras: Int? { bits & 2 != 0 ? Int(truncatingIfNeeded: bits >> 16) : nil }
}
