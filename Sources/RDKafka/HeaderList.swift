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
    package mutating func append(name: String, value: Span<UInt8>?) {
        var name = name
        name.withUTF8 { nameBytes in
            // Both lengths are passed, so neither is read as a C string; librdkafka copies before it returns.
            unsafe nameBytes.withMemoryRebound(to: CChar.self) { nameBytes in
                unsafe withBytes(value) { value, valueCount in
                    _ = unsafe rd_kafka_header_add(handle, nameBytes.baseAddress, nameBytes.count, value, valueCount)
                }
            }
        }
    }

    consuming func takeHandle() -> OpaquePointer {
        let handle = unsafe self.handle
        discard self
        return unsafe handle
    }
}
