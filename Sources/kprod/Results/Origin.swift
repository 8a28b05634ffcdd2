// SPDX-License-Identifier: Apache-2.0

/// Which record of the input it was: rides with a message as its metadata and comes back with its outcome.
struct Origin: Sendable {
    /// Counts the records of the run, from 1; skipped ones do not count.
    let sequence: Int
    let place: Place
    /// What was read, if it is to be kept as it was.
    var raw: [UInt8]?
    /// For the checkpoint, if there is one.
    var mark: Checkpoint.Mark?
}
