// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// Owns an `rd_kafka_headers_t` until a produce call takes it.
@safe package struct HeaderList: ~Copyable {
    private let handle: OpaquePointer

    package init(capacity: Int) {
        unsafe self.handle = rd_kafka_headers_new(capacity)
    }

    deinit {
        unsafe rd_kafka_headers_destroy(handle)
    }

    /// Appends a copy of the header. An absent value is not an empty one.
    package mutating func append(name: Span<UInt8>, value: Span<UInt8>?) {
        unsafe name.withUnsafeBytes { name in
            // Both lengths are passed, so neither is read as a C string; librdkafka copies before it returns.
            unsafe withBytes(value) { value, valueCount in
                let start = unsafe name.baseAddress?.assumingMemoryBound(to: CChar.self)
                _ = unsafe rd_kafka_header_add(handle, start, name.count, value, valueCount)
            }
        }
    }

    consuming func takeHandle() -> OpaquePointer {
        let handle = unsafe self.handle
        discard self
        return unsafe handle
    }
}
