// SPDX-License-Identifier: Apache-2.0

typealias CloseResult = Result<CloseReport, CloseError>
typealias CloseWaiter = CheckedContinuation<CloseResult, Never>

/// Who waits for messages to be settled, until when, and what the drain thread does about it. Pure.
struct Closing {
    /// A call of `flush`.
    struct Flush {
        let epoch: Int
        let deadline: Duration
        let continuation: CheckedContinuation<Result<Void, KafkaError>, Never>
    }

    /// What the drain thread does next.
    enum Step: Equatable {
        /// Let librdkafka send without linger for so many milliseconds.
        case lift(milliseconds: Int32)
        /// Wait: an abort is under way, and lifting linger would send what it is to drop.
        case rest(milliseconds: Int32)
        /// Drop what librdkafka holds, then let it send.
        case purge(milliseconds: Int32)
        /// Nobody waits for anything: the thread ends.
        case end
    }

    /// Where a call of `abort` stands.
    enum Purge {
        case none, running
        /// Called once more while it runs.
        case requestedAgain
    }

    /// How often the drain thread looks at deadlines, and how long `flush` of librdkafka lifts linger at a time.
    static var slice: Duration { .milliseconds(100) }
    /// How long `close` waits for the reports of what it dropped.
    static var grace: Duration { .seconds(1) }

    var flushes = WaiterQueue<Flush>()
    var waiters = WaiterQueue<CloseWaiter>()
    /// Somebody called `close`, not only `asyncClose`: what nobody reads is drained.
    var isAwaited = false
    var isDrainThreadRunning = false
    var purge = Purge.none
    var result: CloseResult?

    private(set) var started: Duration?
    /// When what is left is dropped; the earliest of all callers' deadlines.
    private(set) var deadline: Duration?
    private(set) var purgingSince: Duration?

    mutating func start(at now: Duration) {
        if started == nil { started = now }
    }

    mutating func shorten(deadline new: Duration) {
        deadline = deadline.map { min($0, new) } ?? new
    }

    /// Whether callers of `close` have waited long enough for reports of what was dropped.
    func isGraceOver(at now: Duration) -> Bool {
        guard let deadline else { return false }
        return now >= deadline + Self.grace
    }

    /// What to do now that messages are in flight and somebody waits for them.
    mutating func step(at now: Duration) -> Step {
        var end = now + Self.slice
        for flush in flushes.all { end = min(end, flush.deadline) }
        if let deadline {
            if now >= deadline {
                if purgingSince == nil { purgingSince = now }
                return .purge(milliseconds: Swift.max(1, (min(end, now + Self.slice) - now).wholeMilliseconds))
            }
            end = min(end, deadline)
        }
        let milliseconds = Swift.max(1, (end - now).wholeMilliseconds)
        return purge == .none ? .lift(milliseconds: milliseconds) : .rest(milliseconds: milliseconds)
    }

    /// The account at the end, or at the end of the wait.
    func report(_ statistics: Statistics, at now: Duration) -> CloseReport {
        let started = started ?? now
        guard let purgingSince else {
            return CloseReport(statistics: statistics, draining: now - started, purging: .zero)
        }
        return CloseReport(statistics: statistics, draining: purgingSince - started, purging: now - purgingSince)
    }
}
