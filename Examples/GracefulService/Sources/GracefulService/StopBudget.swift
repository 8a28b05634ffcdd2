// SPDX-License-Identifier: Apache-2.0

/// How the time is divided that whoever stops the service leaves it: 10 s with Docker, 30 s with Kubernetes.
struct StopBudget: Sendable {
    /// Messages in flight are delivered; those that waited to fill a batch are sent at once.
    let flush: Duration
    /// What is left then is dropped, and each message reported as failed.
    let close = Duration.milliseconds(500)
    // `close` may take a second beyond its deadline, and the rest of the time is for the spool.
    static let reserve = Duration.seconds(3)

    init(total: Duration) { flush = max(.zero, total - Self.reserve) }
}
