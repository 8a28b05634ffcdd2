// SPDX-License-Identifier: Apache-2.0

/// What few messages have beside bytes, headers, a number or a time: kept in the array of their chunk.
package struct MessageExtras: Sendable {
    /// Milliseconds since the epoch; 0 is none.
    package let timestamp: Int64
    /// What comes back with the outcome, as the library above keeps it.
    package let companion: any AnyObject & Sendable

    @inline(__always)
    package init(timestamp: Int64, companion: any AnyObject & Sendable) {
        (self.timestamp, self.companion) = (timestamp, companion)
    }
}
