// SPDX-License-Identifier: Apache-2.0

/// What few messages have beside bytes, kept in the array of their chunk. A time alone is in its record.
package struct MessageExtras: Sendable {
    /// Milliseconds since the epoch; 0 is none.
    package let timestamp: Int64
    /// Headers, and what comes back with the outcome.
    package let headers: (any HeaderSource)?

    @inline(__always)
    package init(timestamp: Int64, headers: (any HeaderSource)?) {
        (self.timestamp, self.headers) = (timestamp, headers)
    }
}

/// The headers of a message, as the library above keeps them.
package protocol HeaderSource: AnyObject, Sendable {
    var hasHeaders: Bool { get }
    /// Calls `body` with each header in order.
    func forEachHeader(_ body: (String, Span<UInt8>?) -> Void)
}
