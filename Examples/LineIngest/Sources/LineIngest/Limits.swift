// SPDX-License-Identifier: Apache-2.0

/// How much a server takes from its clients.
struct Limits: Sendable, Equatable {
    /// Threads that serve connections.
    var workers = 2
    /// Connections at once, over all workers.
    var connections = 4096
    /// The longest line, in bytes.
    var lineBytes = 65_536
    /// How long a connection may be without a line.
    var idle = Duration.seconds(60)
    /// How long answers are waited for when the server ends.
    var drain = Duration.seconds(10)
}
