// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer
import Synchronization

/// Collects what the feed and the two readers of outcomes know, and makes the account of it.
final class Ledger: Sendable {
    struct State {
        var feed = FeedTally()
        var delivered = 0
        /// Of these, how many were in a transaction that was then aborted.
        var revoked = 0
        /// Somebody who waits until so many are delivered.
        var awaited = 0
        var waiter: CheckedContinuation<Void, Never>?
        var latency = LatencyHistogram()
        var failures: FailureGroups
        var fatal: KafkaError?
    }

    private let ready = Atomic(false)
    let state: Mutex<State>
    /// What the tags of its records mean.
    let tags = PlaceTags()
    private let policy: ErrorPolicy
    /// Is told every outcome.
    private let listener: (any RunListener)?
    private let onTooMany: @Sendable (ToolError) -> Void

    /// Calls `onTooMany` once, when more records have failed than the policy puts up with.
    init(
        _ policy: ErrorPolicy = ErrorPolicy(),
        _ listener: (any RunListener)? = nil,
        onTooMany: @escaping @Sendable (ToolError) -> Void = { _ in }
    ) {
        state = Mutex(State(failures: FailureGroups(tags: tags)))
        self.policy = policy
        self.listener = listener
        self.onTooMany = onTooMany
    }

    /// The feed's counts so far.
    func publish(_ tally: FeedTally) { state.withLock { $0.feed = tally } }

    func delivered(_ batch: SuccessBatch, measuresLatency: Bool) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.delivered += batch.count
            if measuresLatency {
                for message in batch {
                    if let latency = message.latency { state.latency.record(latency) }
                }
            }
            return state.delivered >= state.awaited ? state.waiter.take() : nil
        }
        waiter?.resume()
        listener?.delivered(batch)
    }

    /// Counts a failure.
    ///
    /// Returns whether anything was delivered before, so that others may be, too.
    func failed(_ error: ProducerError) -> Bool {
        listener?.failed(error.error)
        noteFatal(error.error)
        _ = fail { $0.add(error) }
        return state.withLock { $0.delivered > 0 }
    }

    /// A record that was never accepted.
    ///
    /// Returns whether to go on.
    func refused(_ error: KafkaError, at place: String) -> Bool {
        listener?.refused(error)
        noteFatal(error)
        return fail { $0.add(error, at: place) }
    }

    /// A piece of input that is no record.
    ///
    /// Returns whether to go on.
    func unparsable(_ reason: String, at place: String) -> Bool {
        listener?.unparsable(reason)
        return fail { $0.addUnparsable(reason, at: place) }
    }

    /// Input that makes no sense, nor does what is behind it.
    func brokenOff(_ reason: String, at place: String) {
        listener?.unparsable(reason)
        _ = fail { $0.addBroken(reason, at: place) }
    }

    /// Whether somebody knows that a record is ready to be sent.
    var isReadyKnown: Bool { ready.load(ordering: .relaxed) }

    /// Notes that it is known, or that it is to be said again.
    func setReadyKnown(_ isKnown: Bool) { ready.store(isKnown, ordering: .relaxed) }

    /// Why the client failed for good, as records have shown: its log may tell of it too late.
    var fatal: KafkaError? { state.withLock { $0.fatal } }

    private func noteFatal(_ error: KafkaError) {
        if error.isFatal { state.withLock { $0.fatal = $0.fatal ?? error } }
    }

    private func fail(_ change: (inout FailureGroups) -> Void) -> Bool {
        let (before, after) = state.withLock { state in
            let before = state.failures.failed
            change(&state.failures)
            return (before, state.failures.failed)
        }
        guard let limit = policy.limit, after > limit else { return true }
        if before <= limit { onTooMany(policy.reason) }
        return false
    }

    /// What the feed handed over, and what failed.
    var contents: (feed: FeedTally, failures: FailureGroups) { state.withLock { ($0.feed, $0.failures) } }

    func snapshot(at time: ContinuousClock.Instant) -> ProgressSnapshot {
        state.withLock { state in
            var snapshot = ProgressSnapshot(time: time)
            snapshot.read = state.feed.read
            snapshot.skipped = state.feed.skipped
            snapshot.delivered = state.delivered - state.revoked
            snapshot.failed = state.failures.count
            // What is on its way has no size of its own: it is taken to be of the average one.
            let accepted = max(1, state.feed.read - state.feed.skipped - state.failures.count)
            let share = min(1, Double(state.delivered) / Double(accepted))
            snapshot.bytes = Int(Double(max(0, state.feed.acceptedBytes - state.failures.bytes)) * share)
            if state.latency.count > 0 {
                snapshot.latency = (state.latency.percentile(0.5), state.latency.percentile(0.99))
            }
            return snapshot
        }
    }

    /// The account at the end.
    ///
    /// `statistics` is the producer's own: it knows of errors that were dropped because too many waited to be read, and
    /// of records that never had an outcome. So is `resent`, of the one that sent some of them again.
    func close(
        with statistics: Statistics,
        resent: Statistics? = nil
    ) -> (account: Account, failures: FailureGroups) {
        state.withLock { state in
            state.failures.reconcile(with: statistics, resent: resent, delivered: state.delivered)
            var account = Account()
            account.read = state.feed.read
            account.skipped = state.feed.skipped
            account.delivered = state.delivered - state.revoked
            account.failed = state.failures.failed
            account.unparsable = state.failures.unparsable?.count ?? 0
            account.undelivered = state.failures.undelivered
            account.undeliveredUnknown = state.failures.undeliveredUnknown
            if state.failures.hasAllSizes { account.deliveredBytes = state.feed.acceptedBytes - state.failures.bytes }
            return (account, state.failures)
        }
    }
}

/// What the feed has handed over.
struct FeedTally: Sendable {
    var read = 0
    var skipped = 0
    /// Bytes of the keys and values that the producer accepted.
    var acceptedBytes = 0
}
