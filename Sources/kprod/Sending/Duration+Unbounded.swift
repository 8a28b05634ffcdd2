// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// For what has its own end: as long as `message.timeout.ms` can be.
    static let unbounded = Duration.milliseconds(Int32.max)
}
