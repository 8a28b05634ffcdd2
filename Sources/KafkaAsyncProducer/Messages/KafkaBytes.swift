// SPDX-License-Identifier: Apache-2.0

/// The bytes of a key, a value or a header, kept in the form they came in: nothing is copied until it is sent.
public struct KafkaBytes: Sendable {
    @usableFromInline enum Storage: Sendable {
        case array([UInt8])
        case slice(ArraySlice<UInt8>)
        case string(String)
    }

    @usableFromInline let storage: Storage
    /// The number of bytes.
    public let count: Int

    @inlinable
    init(_ storage: Storage, count: Int) {
        self.storage = storage
        self.count = count
    }

    /// Bytes of an array.
    @inlinable public init(_ bytes: [UInt8]) { self.init(.array(bytes), count: bytes.count) }

    /// Bytes of a slice; the array behind it stays alive as long.
    @inlinable public init(_ bytes: ArraySlice<UInt8>) { self.init(.slice(bytes), count: bytes.count) }

    /// The UTF-8 of a string.
    @inlinable public init(_ string: String) { self.init(.string(string), count: string.utf8.count) }

    /// The bytes as an array: a copy unless they came as one.
    public var array: [UInt8] {
        switch storage {
        case .array(let bytes): bytes
        case .slice(let bytes): Array(bytes)
        case .string(let string): Array(string.utf8)
        }
    }

    /// The bytes as text, or nil when they are not valid UTF-8: nothing is repaired silently.
    public var string: String? {
        switch storage {
        case .array(let bytes): String(validating: bytes, as: UTF8.self)
        case .slice(let bytes): String(validating: bytes, as: UTF8.self)
        case .string(let string): string
        }
    }

    /// Lends the bytes for the length of `body`.
    public func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .array(let bytes): return try body(bytes.span)
        case .slice(let bytes): return try body(bytes.span)
        case .string(let string): return try body(string.utf8.span)
        }
    }
}

extension KafkaBytes: Hashable {
    /// Equal when the bytes are, whatever form they came in.
    public static func == (left: KafkaBytes, right: KafkaBytes) -> Bool {
        left.withSpan { left in
            right.withSpan { right in
                guard left.count == right.count else { return false }
                for index in left.indices where left[index] != right[index] { return false }
                return true
            }
        }
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        withSpan { bytes in
            hasher.combine(bytes.count)
            for index in bytes.indices { hasher.combine(bytes[index]) }
        }
    }
}

extension KafkaBytes: CustomStringConvertible {
    /// The number of bytes; payloads do not belong in logs.
    public var description: String { "\(count) bytes" }
}

/// A type whose bytes can be a key, a value or a header.
public protocol KafkaBytesConvertible {
    /// The bytes; should not copy when that can be avoided.
    var kafkaBytes: KafkaBytes { get }
}

extension KafkaBytes: KafkaBytesConvertible {
    /// Itself.
    @inlinable public var kafkaBytes: KafkaBytes { self }
}

extension [UInt8]: KafkaBytesConvertible {
    /// The array's bytes, not copied.
    @inlinable public var kafkaBytes: KafkaBytes { KafkaBytes(self) }
}

extension ArraySlice<UInt8>: KafkaBytesConvertible {
    /// The slice's bytes, not copied.
    @inlinable public var kafkaBytes: KafkaBytes { KafkaBytes(self) }
}

extension String: KafkaBytesConvertible {
    /// The string's UTF-8.
    @inlinable public var kafkaBytes: KafkaBytes { KafkaBytes(self) }
}

extension Substring: KafkaBytesConvertible {
    /// The substring's UTF-8, copied out of the string behind it.
    @inlinable public var kafkaBytes: KafkaBytes { KafkaBytes(String(self)) }
}
