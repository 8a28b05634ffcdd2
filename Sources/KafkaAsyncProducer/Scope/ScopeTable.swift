// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// A delivery scope as its messages know it: what stands in their chunks, once for all of them.
final class ScopeHandle: Sendable {
    let slot: Int
    let generation: UInt64

    init(slot: Int, generation: UInt64) { (self.slot, self.generation) = (slot, generation) }
}

extension ScopeHandle {
    /// The scope that a message was sent through, out of what its chunk holds for it: the scope, or who awaits its outcome.
    static func find(in receiver: any AnyObject & Sendable) -> ScopeHandle? {
        exactly(receiver, as: ScopeHandle.self) ?? exactly(receiver, as: Awaiter.self)?.scope
    }
}

/// How a delivery scope has ended.
struct ScopeOutcome: Sendable {
    let delivered: Int
    let errors: [ProducerError]
    let dropped: [KafkaError.Code: Int]
    /// What had no outcome yet when the wait for it ended.
    let unfinished: Int
    /// Why it ended, where there is such.
    let interruption: KafkaError?
}

/// Resumed with the end.
typealias ScopeWaiter = CheckedContinuation<ScopeOutcome, Never>

/// The delivery scopes that are open or waited for: a counter and a list of failures each. Pure.
///
/// A message whose scope is not here any more was given up by it.
struct ScopeTable {
    /// What every message looks at: without references, as an element that has some is copied to be looked at.
    private struct Count {
        /// Of no scope: where there is none.
        static var none: Count { Count(generation: 0, isOpen: false) }

        let generation: UInt64
        /// Accepts messages.
        var isOpen = true
        var inFlight = 0
        var delivered = 0
    }

    private struct Entry {
        var errors: ErrorQueue<Never>
        var deadline = Int64.max
        var waiter: ScopeWaiter?
    }

    private let maximumErrors: Int
    private let maximumBytes: Int
    private var counts: [Count] = []
    private var entries: [Entry?] = []
    private var free: [Int] = []
    private var generations: UInt64 = 0

    /// - Parameters: What each of them may keep of failures.
    init(maximumErrors: Int, maximumBytes: Int) {
        (self.maximumErrors, self.maximumBytes) = (maximumErrors, maximumBytes)
    }

    var count: Int { entries.count - free.count }

    mutating func open() -> ScopeHandle {
        generations += 1
        let slot = free.popLast() ?? entries.count
        if slot == entries.count {
            entries.append(nil)
            counts.append(.none)
        }
        entries[slot] = Entry(errors: ErrorQueue(maximumCount: maximumErrors, maximumBytes: maximumBytes))
        counts[slot] = Count(generation: generations)
        return ScopeHandle(slot: slot, generation: generations)
    }

    private func has(_ scope: ScopeHandle) -> Bool { counts[scope.slot].generation == scope.generation }

    func isOpen(_ scope: ScopeHandle) -> Bool { has(scope) && counts[scope.slot].isOpen }

    /// Counts a message; its scope is open.
    mutating func accept(_ scope: ScopeHandle) { counts[scope.slot].inFlight += 1 }

    mutating func deliver(_ count: Int, of scope: ScopeHandle, _ effects: inout Effects) {
        guard has(scope) else { return }
        counts[scope.slot].inFlight -= count
        counts[scope.slot].delivered += count
        settle(scope.slot, &effects)
    }

    /// Returns whether the scope has taken the failure; it has not when it was given up.
    mutating func fail(_ error: ProducerError, size: Int, of scope: ScopeHandle, _ effects: inout Effects) -> Bool {
        guard has(scope) else { return false }
        counts[scope.slot].inFlight -= 1
        if let dropped = entries[scope.slot]?.errors.append(error, bytes: size), !dropped.isEmpty {
            effects.release(dropped)
        }
        settle(scope.slot, &effects)
        return true
    }

    // MARK: The end

    /// Nothing is accepted any more; `waiter` is resumed once everything has its outcome, or at the deadline.
    mutating func close(_ scope: ScopeHandle, deadline: Int64, _ waiter: ScopeWaiter, _ effects: inout Effects) {
        counts[scope.slot].isOpen = false
        entries[scope.slot]?.deadline = deadline
        entries[scope.slot]?.waiter = waiter
        settle(scope.slot, &effects)
    }

    private mutating func settle(_ slot: Int, _ effects: inout Effects) {
        if counts[slot].inFlight == 0 { end(slot, nil, &effects) }
    }

    /// Waits no longer for what has no outcome, if anybody waits.
    mutating func giveUp(_ scope: ScopeHandle, _ interruption: KafkaError, _ effects: inout Effects) {
        if has(scope) { end(scope.slot, interruption, &effects) }
    }

    private mutating func end(_ slot: Int, _ interruption: KafkaError?, _ effects: inout Effects) {
        guard let waiter = entries[slot]?.waiter, var entry = entries[slot] else { return }
        let count = counts[slot]
        entries[slot] = nil
        counts[slot] = .none
        free.append(slot)
        let outcome = ScopeOutcome(
            delivered: count.delivered,
            errors: entry.errors.takeAll(),
            dropped: entry.errors.dropped,
            unfinished: count.inFlight,
            interruption: interruption
        )
        effects.then { waiter.resume(returning: outcome) }
    }

    /// Gives up those whose deadline has come; returns when the next one comes.
    mutating func passDeadlines(at now: Int64, _ effects: inout Effects) -> Int64 {
        if free.count == entries.count { return .max }
        var next = Int64.max
        for slot in entries.indices {
            guard let deadline = entries[slot]?.deadline, deadline < .max else { continue }
            if now < deadline {
                next = min(next, deadline)
            } else {
                let error = KafkaError(.deadlineExceeded, "the delivery scope waited for outcomes until its deadline")
                end(slot, error, &effects)
            }
        }
        return next
    }
}
