// SPDX-License-Identifier: Apache-2.0

typealias CloseResult = Result<CloseReport, CloseError>
typealias CloseWaiter = CheckedContinuation<CloseResult, Never>

/// Who waits for messages to be settled, and until when. Times are those of `Uptime`. Pure.
struct Closing {
    /// A call of `flush`.
    struct Flush {
        let epoch: Int
        let deadline: Int64
        let continuation: CheckedContinuation<Result<Void, KafkaError>, Never>
        /// Since when it waits.
        let since = Uptime.now
    }

    /// How long `close` waits for the reports of what it dropped.
    static var grace: Int64 { 1_000_000_000 }

    var flushes = WaiterQueue<Flush>()
    var waiters = WaiterQueue<CloseWaiter>()
    /// Somebody called `close`, not only `asyncClose`: what nobody reads is drained.
    var isAwaited = false
    var result: CloseResult?

    private(set) var started: Int64?
    /// When what is left is dropped; the earliest of all callers' deadlines.
    private(set) var deadline: Int64?
    /// Since when what is left is dropped.
    private(set) var droppingSince: Int64?

    mutating func start(at now: Int64) {
        if started == nil { started = now }
    }

    mutating func shorten(deadline new: Int64) {
        deadline = deadline.map { min($0, new) } ?? new
    }

    /// Whether what has no outcome yet is to be dropped now.
    mutating func isDropping(at now: Int64) -> Bool {
        guard let deadline, now >= deadline else { return false }
        if droppingSince == nil { droppingSince = now }
        return true
    }

    /// Whether callers of `close` have waited long enough for reports of what was dropped.
    func isGraceOver(at now: Int64) -> Bool {
        guard let deadline else { return false }
        return now >= deadline + Self.grace
    }

    /// When the next of all this is due.
    func nextDeadline(after now: Int64) -> Int64 {
        var next = Int64.max
        for flush in flushes.all { next = min(next, flush.deadline) }
        for time in [deadline, deadline.map { $0 + Self.grace }] {
            if let time, time > now { next = min(next, time) }
        }
        return next
    }

    /// The account at the end, or at the end of the wait.
    func report(_ statistics: Statistics, at now: Int64) -> CloseReport {
        let started = started ?? now
        guard let droppingSince else {
            return CloseReport(statistics: statistics, draining: .nanoseconds(now - started), purging: .zero)
        }
        return CloseReport(
            statistics: statistics,
            draining: .nanoseconds(droppingSince - started),
            purging: .nanoseconds(now - droppingSince)
        )
    }
}
