// SPDX-License-Identifier: Apache-2.0

/// What few messages have beside bytes, kept in the array of their chunk: an object for each would cost its sender an
/// allocation, and its reader the end of one that another thread made.
package struct MessageExtras: Sendable {
    /// Milliseconds since the epoch; 0 is none.
    package let timestamp: Int64
    package let headers: (any HeaderSource)?
    /// Comes back with the outcome.
    package let metadata: (any Sendable)?

    @inline(__always)
    package init(timestamp: Int64, headers: (any HeaderSource)?, metadata: (any Sendable)?) {
        (self.timestamp, self.headers, self.metadata) = (timestamp, headers, metadata)
    }
}

/// The headers of a message, as the library above keeps them.
package protocol HeaderSource: AnyObject, Sendable {
    /// Calls `body` with each header in order.
    func forEachHeader(_ body: (String, Span<UInt8>?) -> Void)
}
