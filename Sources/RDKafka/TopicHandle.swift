// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

/// A topic of a client, which owns its `rd_kafka_topic_t`; keeps the client alive, so that a call can never outlive it.
@safe package final class TopicHandle: @unchecked Sendable {
    // librdkafka's topic handle is thread-safe and never changes here: hence `@unchecked`.
    let handle: OpaquePointer
    let client: Client

    @unsafe init(_ handle: OpaquePointer, of client: Client) {
        unsafe self.handle = handle
        self.client = client
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
