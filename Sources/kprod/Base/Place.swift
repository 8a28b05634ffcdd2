// SPDX-License-Identifier: Apache-2.0

/// Where a record comes from.
struct Place: Sendable {
    /// The file, as it is called in messages.
    let source: String
    /// The line, or the number of the record where lines are not what ends one; from 1.
    let line: Int
    /// The byte it begins with, from 0.
    let offset: Int
    /// Behind it and what ends it; nil where that is not known.
    var end: Position?

    /// As in `at orders.txt:17`.
    var text: String { "at \(source):\(line)" }
}
