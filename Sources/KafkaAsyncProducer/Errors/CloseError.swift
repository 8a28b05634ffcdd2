// SPDX-License-Identifier: Apache-2.0

/// Why ``AsyncProducer/close(deadline:)`` did not end well. Every message is accounted for in both cases.
public enum CloseError: Error, Sendable {
    /// The producer is closed; these messages were not delivered.
    case undelivered(ProducerErrors)
    /// One second past the deadline, `unreported` messages had no outcome yet: they may be in the log. The producer
    /// goes on closing, and both streams end when the last report has come.
    case deadlineExceeded(unreported: Int, ProducerErrors)
    /// The process was forked after the producer was made: there is nothing this process could close.
    case forked

    /// The account, when there is one.
    public var report: CloseReport? {
        switch self {
        case .undelivered(let errors), .deadlineExceeded(_, let errors): errors.report
        case .forked: nil
        }
    }
}

extension CloseError: CustomStringConvertible {
    /// What was not delivered, by cause.
    public var description: String {
        switch self {
        case .undelivered(let errors): errors.description
        case .deadlineExceeded(let unreported, let errors):
            "close passed its deadline with \(unreported) messages unreported (they may be in the log); \(errors)"
        case .forked: "the producer belongs to the parent of this process"
        }
    }
}

/// The account of a producer that was closed.
public struct CloseReport: Sendable {
    /// The counts at the end.
    public let statistics: Statistics
    /// From the first close to the deadline or the last report, whichever came first: messages were still sent.
    public let draining: Duration
    /// From the deadline to the last report: what was left was dropped. Zero when nothing was.
    public let purging: Duration

    /// Makes one, for tests of code that handles it.
    public init(statistics: Statistics, draining: Duration = .zero, purging: Duration = .zero) {
        self.statistics = statistics
        self.draining = draining
        self.purging = purging
    }

    /// Whether every message that was accepted has been delivered.
    public var isComplete: Bool { statistics.succeeded == statistics.accepted }
}
