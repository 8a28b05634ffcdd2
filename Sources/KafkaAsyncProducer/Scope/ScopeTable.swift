// SPDX-License-Identifier: Apache-2.0

/// A delivery scope as its messages know it: what stands in their chunks, once for all of them.
final class ScopeHandle: Sendable {
    let slot: Int
    let generation: UInt64

    init(slot: Int, generation: UInt64) { (self.slot, self.generation) = (slot, generation) }
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
    private struct Entry {
        let generation: UInt64
        /// Accepts messages.
        var isOpen = true
        var inFlight = 0
        var delivered = 0
        var errors: ErrorQueue<Never>
        var deadline = Int64.max
        var waiter: ScopeWaiter?
    }

    private let maximumErrors: Int
    private let maximumBytes: Int
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
        let entry = Entry(
            generation: generations,
            errors: ErrorQueue(maximumCount: maximumErrors, maximumBytes: maximumBytes)
        )
        guard let slot = free.popLast() else {
            entries.append(entry)
            return ScopeHandle(slot: entries.count - 1, generation: generations)
        }
        entries[slot] = entry
        return ScopeHandle(slot: slot, generation: generations)
    }

    private func has(_ scope: ScopeHandle) -> Bool { entries[scope.slot]?.generation == scope.generation }

    func isOpen(_ scope: ScopeHandle) -> Bool {
        guard let entry = entries[scope.slot] else { return false }
        return entry.generation == scope.generation && entry.isOpen
    }

    /// Counts a message; its scope is open.
    mutating func accept(_ scope: ScopeHandle) { entries[scope.slot]?.inFlight += 1 }

    mutating func deliver(_ count: Int, of scope: ScopeHandle, _ effects: inout Effects) {
        guard has(scope) else { return }
        entries[scope.slot]?.inFlight -= count
        entries[scope.slot]?.delivered += count
        settle(scope.slot, &effects)
    }

    /// Returns whether the scope has taken the failure; it has not when it was given up.
    mutating func fail(_ error: ProducerError, size: Int, of scope: ScopeHandle, _ effects: inout Effects) -> Bool {
        guard has(scope) else { return false }
        entries[scope.slot]?.inFlight -= 1
        if let dropped = entries[scope.slot]?.errors.append(error, bytes: size), !dropped.isEmpty {
            effects.release(dropped)
        }
        settle(scope.slot, &effects)
        return true
    }

    // MARK: The end

    /// Nothing is accepted any more; `waiter` is resumed once everything has its outcome, or at the deadline.
    mutating func close(_ scope: ScopeHandle, deadline: Int64, _ waiter: ScopeWaiter, _ effects: inout Effects) {
        entries[scope.slot]?.isOpen = false
        entries[scope.slot]?.deadline = deadline
        entries[scope.slot]?.waiter = waiter
        settle(scope.slot, &effects)
    }

    private mutating func settle(_ slot: Int, _ effects: inout Effects) {
        guard entries[slot]?.inFlight == 0 else { return }
        end(slot, nil, &effects)
    }

    /// Waits no longer for what has no outcome, if anybody waits.
    mutating func giveUp(_ scope: ScopeHandle, _ interruption: KafkaError, _ effects: inout Effects) {
        if has(scope) { end(scope.slot, interruption, &effects) }
    }

    private mutating func end(_ slot: Int, _ interruption: KafkaError?, _ effects: inout Effects) {
        guard let waiter = entries[slot]?.waiter, var entry = entries[slot] else { return }
        entries[slot] = nil
        free.append(slot)
        let outcome = ScopeOutcome(
            delivered: entry.delivered,
            errors: entry.errors.takeAll(),
            dropped: entry.errors.dropped,
            unfinished: entry.inFlight,
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
