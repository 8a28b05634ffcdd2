// SPDX-License-Identifier: Apache-2.0

/// A place between two records of an input.
struct Position: Equatable, Sendable {
    /// From 0.
    var byte = 0
    /// The line, or the number of the record where lines are not what ends one; from 1.
    var line = 1
}
