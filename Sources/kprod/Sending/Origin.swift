// SPDX-License-Identifier: Apache-2.0

/// Which record of the input it was: rides with a message as its metadata and comes back with its outcome.
struct Origin: Sendable {
    /// Counts the records of the run, from 1; skipped ones do not count.
    let sequence: Int
    let place: Place
    /// What was read, if it is to be kept as it was.
    var raw: [UInt8]?
    /// For whoever keeps track of what is done.
    var mark: Mark?
}

/// Which record of which input it is, for whoever keeps track of what is done.
struct Mark: Sendable {
    let input: Int
    /// Counts what was cut out of the input, from 1.
    let number: Int
    let end: Position
    /// Where it begins, if it ends only because the input does: there may be more of it one day.
    var open: Position?
}
