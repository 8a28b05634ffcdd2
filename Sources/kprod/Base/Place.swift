// SPDX-License-Identifier: Apache-2.0

/// Where a record comes from.
struct Place: Equatable, Sendable {
    /// The file, as it is called on the command line; not fit to be printed as it is.
    let source: String
    /// The line, or the number of the record where lines are not what ends one; from 1.
    let line: Int
    /// The byte it begins with, from 0.
    let offset: Int
    /// Behind it and what ends it; nil where that is not known.
    var end: Position?
    /// Behind its last byte, without what ends it.
    var contentEnd: Int?
    /// Whether it ends only because the input does.
    var isOpen = false

    /// As in `at orders.txt:17`.
    var text: String { "at \(printable(source)):\(line)" }

    /// Where the next one begins.
    var behind: Place {
        guard let end else { return self }
        return Place(source: source, line: end.line, offset: end.byte)
    }
}
