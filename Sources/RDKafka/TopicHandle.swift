// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// Owns an `rd_kafka_topic_t`; keeps its client alive, so that a produce call can never outlive it.
@safe package final class TopicHandle: @unchecked Sendable {
    // librdkafka's topic handle is thread-safe and never changes here: hence `@unchecked`.
    let handle: OpaquePointer
    private let client: Client

    @unsafe init(_ handle: OpaquePointer, of client: Client) {
        unsafe self.handle = handle
        self.client = client
    }

    /// `RD_KAFKA_PARTITION_UA`.
    static var anyPartition: Int32 { -1 }

    deinit {
        guard client.forkGeneration == ForkGuard.current else { return }
        unsafe rd_kafka_topic_destroy(handle)
    }

    /// Enqueues a copy of a message without headers and with the current time. Does not wait.
    ///
    /// - Parameter partition: nil lets the partitioner choose.
    package func produce(partition: Int32?, key: Span<UInt8>?, value: Span<UInt8>?, opaque: UInt) -> ResponseCode {
        unsafe withBytes(key) { key, keyCount in
            unsafe withBytes(value) { value, valueCount in
                // F_COPY: both are copied before the call returns, and value is not written to.
                let status = unsafe rd_kafka_produce(
                    handle,
                    partition ?? Self.anyPartition,
                    RD_KAFKA_MSG_F_COPY,
                    UnsafeMutableRawPointer(mutating: value),
                    valueCount,
                    key,
                    keyCount,
                    UnsafeMutableRawPointer(bitPattern: opaque)
                )
                // last_error is thread-local: read in the same synchronous step.
                return status == 0 ? .noError : ResponseCode(rd_kafka_last_error())
            }
        }
    }

    /// Enqueues a copy of a message with headers, or with a time of its own. Does not wait.
    ///
    /// - Parameters:
    ///   - partition: nil lets the partitioner choose.
    ///   - headers: Freed here when the call fails; librdkafka 2.0.2 frees per-message headers twice then, but not a list.
    ///   - timestamp: Milliseconds since the epoch; 0 is the current time.
    package func produce(
        partition: Int32?,
        key: Span<UInt8>?,
        value: Span<UInt8>?,
        headers: consuming HeaderList?,
        timestamp: Int64,
        opaque: UInt
    ) -> ResponseCode {
        // Ownership passes to librdkafka with a successful call; taken back by the destroy below otherwise.
        let list: OpaquePointer? = unsafe headers.take()?.takeHandle()
        let code = unsafe withBytes(key) { key, keyCount in
            unsafe withBytes(value) { value, valueCount in
                ResponseCode(
                    unsafe clibrdkafka_producev(
                        client.handle,
                        handle,
                        partition ?? Self.anyPartition,
                        key,
                        keyCount,
                        value,
                        valueCount,
                        list,
                        timestamp,
                        UnsafeMutableRawPointer(bitPattern: opaque)
                    )
                )
            }
        }
        if code != .noError, let list = unsafe list { unsafe rd_kafka_headers_destroy(list) }
        return code
    }
}

/// Where empty bytes point to: a null address would turn an empty value into a tombstone.
nonisolated(unsafe) private let emptyBytes = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)
)

/// Lends the address of `bytes` for the length of `body`: nil for nil, never nil for empty.
@unsafe @inline(__always)
func withBytes<Result>(_ bytes: Span<UInt8>?, _ body: (UnsafeRawPointer?, Int) -> Result) -> Result {
    guard let bytes else { return body(nil, 0) }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
        unsafe body(buffer.baseAddress.map { unsafe UnsafeRawPointer($0) } ?? emptyBytes, buffer.count)
    }
}
