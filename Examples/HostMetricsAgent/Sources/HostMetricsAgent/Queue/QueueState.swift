// SPDX-License-Identifier: Apache-2.0

/// How samples are sent just now. Pure: it is told what happened, and says how many posts there may be and when.
enum QueueState: Equatable, Sendable {
    /// Nothing has arrived yet, and the topic may not exist: one post at a time, at the host's time.
    case first
    /// One post, at the host's time.
    case normal
    /// Samples piled up. After so many failures in a row one post tries again later; with none, two at once catch up.
    case behind(failures: Int)
    /// No more samples; what is there goes out as fast as it can.
    case terminating(failures: Int)

    enum Event: Equatable {
        /// - Parameter isBehind: Whether more is left than one post holds.
        case delivered(isBehind: Bool)
        case failed
        /// The host's time to send, with more than one post holds.
        case piledUp
        case terminate
    }

    mutating func handle(_ event: Event) {
        switch (self, event) {
        case (.terminating, .delivered): self = .terminating(failures: 0)
        case (.terminating(let failures), .failed): self = .terminating(failures: failures + 1)
        case (.terminating, .piledUp), (.terminating, .terminate): break
        case (_, .terminate): self = .terminating(failures: 0)
        case (_, .delivered(let isBehind)): self = isBehind ? .behind(failures: 0) : .normal
        case (.behind(let failures), .failed): self = .behind(failures: failures + 1)
        case (.first, .failed), (.normal, .failed): self = .behind(failures: 1)
        case (.normal, .piledUp): self = .behind(failures: 0)
        case (.first, .piledUp), (.behind, .piledUp): break
        }
    }

    /// Never more than two: a host that was cut off for hours must not fall on the cluster.
    var maximumPosts: Int {
        switch self {
        case .first, .normal: 1
        case .behind(let failures), .terminating(let failures): failures == 0 ? 2 : 1
        }
    }

    /// Whether posts go out as soon as there is something, or at the host's time only.
    var isHurried: Bool {
        switch self {
        case .first, .normal: false
        case .behind, .terminating: true
        }
    }

    /// How long to wait after failures in a row: twice as long each time, up to a minute. At the end there is no time for
    /// that.
    var pause: Duration? {
        switch self {
        case .first, .normal: nil
        case .behind(let failures): failures == 0 ? nil : min(.seconds(1 << min(failures - 1, 6)), .seconds(60))
        case .terminating(let failures): failures == 0 ? nil : .milliseconds(250)
        }
    }

    var name: String {
        switch self {
        case .first: "first"
        case .normal: "normal"
        case .behind: "behind"
        case .terminating: "terminating"
        }
    }
}
